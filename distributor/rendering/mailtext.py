"""What the templates of the mail do with text: wrapping, underlining, linking, folding."""

from __future__ import annotations

import html
import re

import regex
from markupsafe import Markup

from .wrapping import columns, wrap

SLOT = "UNSUBSCRIBE-TOKEN"
"""The word in a frozen mail that the sender replaces by the recipient's own token."""

# RFC 5322 section 2.1.1 allows 998 bytes in a line, without its end.
LINE_BYTES = 998
# Longer runs without a space (Chinese, Japanese) are given places to fold.
_RUN = 160
_PIECE = regex.compile(rf"\X{{1,{_RUN}}}[。！？；，、」』]|\X{{1,{_RUN}}}")

_ADDRESS = re.compile(r"https?://[^\s<>\"'“”„«»‹›「」『』（）。，、]+", re.IGNORECASE)
_TAG = re.compile(r"(<(?:[^<>\"]|\"[^\"]*\")*>)")


def wrapped(text: str, first: str = "") -> str:
    """The text in lines of 72 columns; `first` stands before it, the rest hangs below."""
    hang = " " * columns(first)
    lines = text.splitlines() or [""]
    return "\n".join(
        wrap(line, hang if number else first, hang) for number, line in enumerate(lines)
    )


def underlined(text: str, line: str) -> str:
    """The wrapped text with a line of this character below."""
    above = wrapped(text)
    return f"{above}\n{line * max(columns(row) for row in above.split(chr(10)))}"


def shortened(text: str, most: int) -> str:
    """The text's beginning up to `most` columns, ended between words by an ellipsis."""
    # Eight characters for a column leave room for any marks; a statement may be 1,000 times longer.
    beginning = " ".join(text[: 8 * most].split())
    if len(text) <= 8 * most and columns(beginning) <= most:
        return beginning
    return wrap(beginning, width=most - 1).split("\n", 1)[0] + "…"


def flowing(text: str, links: bool = True) -> Markup:
    """The text escaped for HTML, its web addresses made into links."""
    pieces: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(text) if links else ():
        address = _without_punctuation(match[0])
        pieces += [_escaped(text[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    return Markup("".join([*pieces, _escaped(text[end:])]))


def _without_punctuation(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    bare = address.rstrip(".,:;!?…'*_~")
    if bare.endswith(")") and bare.count("(") < bare.count(")"):
        return _without_punctuation(bare[:-1])
    return bare


def _link(address: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(address)}</a>'


def _escaped(text: str) -> str:
    """Escaped text, with a place to fold in every long run without a space."""
    runs = re.split(r"(\s+)", text)
    return "".join(_foldable(run) for run in runs).replace("\n", "<br>\n")


def _foldable(run: str) -> str:
    if len(run) <= _RUN:
        return html.escape(run)
    # After punctuation a line may end anyway; the cut without one is a last resort.
    return "<wbr>".join(html.escape(piece) for piece in _PIECE.findall(run))


def fold(page: str) -> str:
    """The page with no line longer than a mail may have, as far as its spaces allow."""
    return "\n".join(_fold_line(line) for line in page.split("\n")) + "\n"


def _fold_line(line: str) -> str:
    if len(line.encode()) <= LINE_BYTES:
        return line
    lines, room = [""], LINE_BYTES
    for piece in _foldable_pieces(line):
        size = len(piece.encode())
        if size > room and lines[-1]:
            # A space may become a line end; "<wbr" and ">" may stand on two lines.
            lines.append("")
            piece, room = piece.removeprefix(" "), LINE_BYTES
        lines[-1] += piece
        room -= size
    return "\n".join(lines)


def _foldable_pieces(line: str) -> list[str]:
    """A line in pieces before each of which it may be folded, and nowhere else."""
    pieces = [""]
    for part in _TAG.split(line):
        if part == "<wbr>":
            pieces[-1] += "<wbr"
            pieces.append(">")
        elif part.startswith("<"):
            pieces[-1] += part
        else:
            head, *words = re.split(r"(?= )", part)
            pieces[-1] += head
            pieces += words
    return pieces
