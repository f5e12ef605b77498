"""The body of a statement becomes blocks: paragraphs, headings, quotes and lists."""

from __future__ import annotations

import re
from dataclasses import replace

from ..values import Block, Heading, Paragraph, Quote
from .draft import Draft, Line
from .headings import marked_heading, opens_signatories, stands_as_heading
from .lists import OpenList, split_run_on
from .markers import Marker
from .page import Page
from .quotes import is_attribution, is_open_quotation, is_set_apart, unquoted
from .wrapping import ends_sentence, join_lines, starts_small

_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]|[¹²³⁴-⁹]")
_LONG_NAME = 120  # characters; what is longer below "Signatories" is text again
_COLONS = (":", "：")


def read_blocks(draft: Draft) -> tuple[Block, ...]:
    """All blocks of the draft's lines."""
    outline = _Outline(draft)
    for position in range(len(draft.lines)):
        outline.take(position)
    outline.close()
    return tuple(outline.blocks)


class _Outline:
    """Blocks in the making: one paragraph or one list is open at a time, or nothing."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.page = Page(draft.lines)
        self.blocks: list[Block] = []
        self.paragraph: list[str] = []
        self.quoted = False  # the open paragraph is marked as a quotation
        self.list: OpenList | None = None
        self.numbers: dict[str, int] = {}  # the last number of each kind of mark
        self.signing = False  # the lines are names of those who signed
        self.after_blank = True

    def take(self, position: int) -> None:
        """Put one line where it belongs."""
        line = self.page.lines[position]
        if line.blank:
            self.after_blank = True
            return
        marker = self.page.markers[position]
        if marker and self._is_item(marker, position):
            self._take_item(marker, line)
        elif self.signing and self._is_signatory(position):
            self._take_signatory(position)
        elif self.list and self._stays_in_list(self.list, position):
            self._take_in_list(self.list, position)
        else:
            self._take_text(position)
        self.after_blank = False

    # Marked lines

    def _is_item(self, marker: Marker, position: int) -> bool:
        if self.list and self.list.takes(marker):
            return not self._is_aside(marker, position)
        if (
            (self.paragraph or self.list)
            and not self.after_blank
            and self.page.fills_above(position)
        ):
            return False
        if marker.ordered:
            return self._counts(marker, position)
        if marker.kind == "bullet" or self._is_introduced():
            return True
        if self.paragraph and not self.after_blank and not ends_sentence(self.paragraph[-1]):
            return self.page.adjoining(position) and self.page.marker_below(position) is not None
        return self.page.followed_by(marker.kind, position)

    def _is_aside(self, marker: Marker, position: int) -> bool:
        """Whether a lone dash after a list of other marks begins a remark, not an item."""
        other = self.list is not None and self.list.first.kind != marker.kind
        lone = not self.page.followed_by(marker.kind, position)
        return marker.kind == "dash" and other and self.after_blank and lone

    def _counts(self, marker: Marker, position: int) -> bool:
        """Whether a number begins a list or goes on with an earlier one."""
        if stands_as_heading(self.page, position, self.after_blank):
            return self.page.marker_below(position) is not None
        if marker.kind in self.numbers and self.numbers[marker.kind] + 1 in marker.values:
            return True
        introduced = 1 in marker.values and self._is_introduced()
        return introduced or self.page.counts_on(marker, position)

    def _is_introduced(self) -> bool:
        """Whether a colon stands before this line."""
        if self.paragraph:
            return self.paragraph[-1].endswith(_COLONS)
        last = self.blocks[-1] if self.blocks and not self.list else None
        return isinstance(last, Paragraph | Heading) and last.text.endswith(_COLONS)

    def _take_item(self, marker: Marker, line: Line) -> None:
        opened = self.list
        if opened and opened.counts_inside(marker):
            self._take_inner(opened, marker, line)
            return
        if opened is None or not opened.takes(marker):
            opened = self._open_list(marker, line)
        elif opened.is_nested(marker) and not opened.is_nested(opened.last):
            self.draft.warn(f"The list inside a list on line {line.number} was made one list.")
        texts = split_run_on(marker)
        if len(texts) > 1:
            after = "\n".join(f"{marker.mark} {text}" for text in texts)
            self.draft.repair(line, "run-on list", after)
        for text in texts:
            opened.add(replace(marker, text=text))
        if marker.ordered:
            self.numbers[marker.kind] = opened.number

    def _take_inner(self, opened: OpenList, marker: Marker, line: Line) -> None:
        """Keep "(i) …; and (ii) …" in the words of the item that it divides."""
        if not opened.divided:
            self.draft.warn(f"The list inside a list on line {line.number} stays in its item.")
        opened.divide(line.body)

    def _open_list(self, marker: Marker, line: Line) -> OpenList:
        expected = self.numbers.get(marker.kind, 0) + 1
        number = expected if expected in marker.values else min(marker.values, default=1)
        if self.list and self.list.is_nested(marker):
            self.draft.warn(
                f"The list inside a list on line {line.number} was made one of its own."
            )
        if marker.kind == "letter":
            self.draft.warn(f"The letters of the list on line {line.number} are shown as numbers.")
        self.close()
        self.list = OpenList(marker, number)
        return self.list

    # Unmarked lines after an item

    def _stays_in_list(self, opened: OpenList, position: int) -> bool:
        line = self.page.lines[position]
        if opened.awaits_text:
            return True
        if opened.bare and line.indent == opened.last.text_indent:
            return not self.after_blank or line.indent > opened.last.indent
        if not self.after_blank:
            if self._continues(position) or self._list_goes_on(opened, position):
                return True
            return line.indent > opened.last.indent or opened.expects_more
        if self._list_goes_on(opened, position) and line.indent <= opened.last.indent:
            self.draft.warn(
                f"Line {line.number} stands between two items of a list but has no mark: check it."
            )
        return self._list_goes_on(opened, position) and line.indent > opened.last.indent

    def _take_in_list(self, opened: OpenList, position: int) -> None:
        line = self.page.lines[position]
        goes_on = not self.after_blank and self._continues(position)
        if opened.awaits_text or goes_on or opened.counts_over(self.page.marker_below(position)):
            opened.go_on(line.body)
        else:
            self._take_lost(opened, line)

    def _continues(self, position: int) -> bool:
        return starts_small(self.page.lines[position].body) or self.page.continues(position)

    def _list_goes_on(self, opened: OpenList, position: int) -> bool:
        below = self.page.marker_below(position)
        return below is not None and below.kind == opened.last.kind

    def _take_lost(self, opened: OpenList, line: Line) -> None:
        mark = f"{opened.number + 1}." if opened.ordered else opened.last.mark
        self.draft.repair(line, "lost bullet", f"{mark} {line.body}")
        opened.add_unmarked(line.body)

    # Names of signatories, each on its line

    def _is_signatory(self, position: int) -> bool:
        text = self.page.lines[position].body
        prose = len(text) > _LONG_NAME or (ends_sentence(text) and len(text.split()) > 8)
        section = marked_heading(text) or stands_as_heading(self.page, position, self.after_blank)
        self.signing = not (prose or section) or self._is_group(position)
        return self.signing

    def _is_group(self, position: int) -> bool:
        """Whether the line stands alone above names: a country, a party."""
        below = self.page.below(position)
        lone = self.after_blank and below is not None and not self.page.adjoining(position)
        return lone and below is not None and self.page.adjoining(below)

    def _take_signatory(self, position: int) -> None:
        line = self.page.lines[position]
        if self._is_group(position):
            self.close()
            self.blocks.append(Heading(line.body))
        elif self.list and not self.after_blank and self._continues(position):
            self.list.go_on(line.body)
        else:
            if self.list is None:
                self.close()
                self.list = OpenList(Marker("•", "bullet", frozenset(), "", 0, 0), 1)
            self.list.add_unmarked(line.body)

    # Running text

    def _goes_on(self, position: int) -> bool:
        """Whether the line goes on with the paragraph or item directly above it."""
        if self.after_blank or not (self.paragraph or self.list):
            return False
        above, text = self.page.lines[position - 1], self.page.lines[position].body
        if ends_sentence(above.body) and _FOOTNOTE.match(text):
            return False
        return self.page.continues(position)

    def _take_text(self, position: int) -> None:
        line = self.page.lines[position]
        quoted = unquoted(line.body)
        if quoted is not None:
            self._take_quoted(quoted)
        elif heading := marked_heading(line.body):
            self._take_heading(heading)
        elif self.paragraph and not self.quoted and self._goes_on(position):
            self.paragraph.append(line.body)
        elif stands_as_heading(self.page, position, self.after_blank):
            self._take_heading(line.body)
        elif mark := self._lost_first_mark(position):
            self._open_unmarked_list(line, mark)
        elif self._begins_bare_list(position):
            self._open_unmarked_list(line, None)
        else:
            self.close()
            self.paragraph = [line.body]

    def _take_quoted(self, text: str) -> None:
        if not self.quoted or self.after_blank or not text:
            self.close()
        if text:
            self.paragraph.append(text)
            self.quoted = True

    def _take_heading(self, text: str) -> None:
        self.close()
        self.blocks.append(Heading(text))
        self.signing = opens_signatories(text)

    def _begins_bare_list(self, position: int) -> bool:
        """Whether the lines below a colon are items that all lost their marks."""
        below_heading = (
            not self.paragraph and bool(self.blocks) and isinstance(self.blocks[-1], Heading)
        )
        if below_heading or not self._is_introduced() or not self.page.spaced:
            return False
        return self.page.has_parallel_lines(position)

    def _lost_first_mark(self, position: int) -> Marker | None:
        """The marker of the line below, when this line stands above its text as an item would."""
        below = self.page.marker_below(position) if self.page.adjoining(position) else None
        if below is None or below.ordered or self.page.lines[position].indent != below.text_indent:
            return None
        return below

    def _open_unmarked_list(self, line: Line, mark: Marker | None) -> None:
        """Begin a list with a line that lost its mark; without `mark` all others did, too."""
        self.close()
        bare = Marker("•", "bullet", frozenset(), "", max(0, line.indent - 2), line.indent)
        self.list = OpenList(mark or bare, 1, bare=mark is None)
        self._take_lost(self.list, line)

    def close(self) -> None:
        """End what is open."""
        if self.paragraph:
            self._add_paragraph(join_lines(self.paragraph))
        if self.list and (block := self.list.block()):
            self.blocks.append(block)
        self.paragraph, self.quoted, self.list = [], False, None

    def _ends_quotation(self) -> bool:
        """Whether a quotation that runs over several paragraphs is still open."""
        last = self.blocks[-1] if self.blocks else None
        return isinstance(last, Paragraph) and is_open_quotation(last.text)

    def _add_paragraph(self, text: str) -> None:
        last = self.blocks[-1] if self.blocks else None
        if isinstance(last, Quote) and is_attribution(text):
            self.blocks[-1] = Quote(f"{last.text} {text}")
        elif self.quoted or (is_set_apart(text) and not self._ends_quotation()):
            self.blocks.append(Quote(text))
        else:
            self.blocks.append(Paragraph(text))
            self.signing = opens_signatories(text)
