"""The body of a statement becomes blocks: paragraphs, headings, quotes and lists."""

from __future__ import annotations

from ..values import Block, Heading, ItemList, Paragraph, Quote
from .draft import Draft, Line
from .headings import looks_like_heading, markdown_heading
from .markers import Marker, read_marker
from .quotes import is_set_apart
from .wrapping import Wrapping, ends_sentence, join_lines, measure_wrapping, starts_small


def read_blocks(draft: Draft) -> tuple[Block, ...]:
    """All blocks of the draft's lines."""
    outline = _Outline(draft, measure_wrapping(draft.lines))
    for position in range(len(draft.lines)):
        outline.take(position)
    outline.close()
    return tuple(outline.blocks)


class _Outline:
    """Blocks in the making: at most one paragraph, quote or list is open at a time."""

    def __init__(self, draft: Draft, wrapping: Wrapping) -> None:
        self.draft = draft
        self.lines = draft.lines
        self.wrapping = wrapping
        self.blocks: list[Block] = []
        self.paragraph: list[str] = []
        self.items: list[list[str]] = []
        self.marker: Marker | None = None  # of the open list's last item
        self.first_number = 1
        self.after_blank = True

    def take(self, position: int) -> None:
        """Put one line where it belongs."""
        line = self.lines[position]
        if line.blank:
            self.after_blank = True
            return
        marker = read_marker(line.text)
        if marker and self._is_item(marker, position):
            self._take_item(marker)
        elif self.marker:
            self._take_inside_list(self.marker, line, position)
        else:
            self._take_text(line, position)
        self.after_blank = False

    def _is_item(self, marker: Marker, position: int) -> bool:
        if self.marker and self.marker.kind == marker.kind:
            return True
        if marker.ordered:
            return self._counts_on(marker, position)
        if marker.kind == "dash" and self.paragraph and not self.after_blank:
            return ends_sentence(self.paragraph[-1]) or self._marked(position + 1, marker.kind)
        return True

    def _counts_on(self, marker: Marker, position: int) -> bool:
        """Whether a number begins a list: 1, or one that the next marked line follows."""
        following = (read_marker(line.text) for line in self.lines[position + 1 : position + 40])
        after = {value + 1 for value in marker.values}
        if any(m and m.kind == marker.kind and m.values & after for m in following):
            return True
        return False

    def _marked(self, position: int, kind: str) -> bool:
        if position >= len(self.lines):
            return False
        marker = read_marker(self.lines[position].text)
        return marker is not None and marker.kind == kind

    def _take_item(self, marker: Marker) -> None:
        if self.marker is None or self.marker.ordered != marker.ordered:
            self.close()
            self.first_number = min(marker.values, default=1)
        self.marker = marker
        self.items.append([marker.text] if marker.text else [])

    def _take_inside_list(self, marker: Marker, line: Line, position: int) -> None:
        """A line without a marker after an item: it goes on, lost its marker, or ends the list."""
        item = self.items[-1]
        if not item:
            item.append(line.body)
        elif self.after_blank:
            if line.indent > marker.indent and self._list_goes_on(position):
                self._take_lost(marker, line)
            else:
                self._take_text(line, position)
        elif starts_small(line.body) or self.wrapping.continues(
            self._previous(position), line.body
        ):
            item.append(line.body)
        elif line.indent > marker.indent or self._list_goes_on(position):
            self._take_lost(marker, line)
        else:
            self._take_text(line, position)

    def _list_goes_on(self, position: int) -> bool:
        following = (line for line in self.lines[position + 1 :] if not line.blank)
        after = next(following, None)
        found = read_marker(after.text) if after else None
        return bool(found and self.marker and found.kind == self.marker.kind)

    def _take_lost(self, marker: Marker, line: Line) -> None:
        self.draft.repair(line, "lost bullet", f"{marker.mark} {line.body}")
        self.items.append([line.body])

    def _take_text(self, line: Line, position: int) -> None:
        if heading := markdown_heading(line.body):
            self.close()
            self.blocks.append(Heading(heading))
            return
        goes_on = self.paragraph and not self.after_blank
        if goes_on and self.wrapping.continues(self._previous(position), line.body):
            self.paragraph.append(line.body)
            return
        self.close()
        if self._stands_alone(position) and looks_like_heading(self.lines, position):
            self.blocks.append(Heading(line.body))
        else:
            self.paragraph = [line.body]

    def _stands_alone(self, position: int) -> bool:
        after = self.lines[position + 1 : position + 2]
        return self.after_blank and (not after or after[0].blank)

    def _previous(self, position: int) -> str:
        return self.lines[position - 1].text

    def close(self) -> None:
        """End what is open."""
        if self.paragraph:
            text = join_lines(self.paragraph)
            self.blocks.append(Quote(text) if is_set_apart(text) else Paragraph(text))
        if self.marker:
            items = tuple(join_lines(item) for item in self.items if item)
            if items:
                ordered = self.marker.ordered
                self.blocks.append(ItemList(items, ordered, self.first_number if ordered else 1))
        self.paragraph, self.items, self.marker = [], [], None
