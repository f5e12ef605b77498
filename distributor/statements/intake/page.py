"""The lines of a body with what is known of each: its marker, and the lines around it."""

from __future__ import annotations

from collections.abc import Sequence

from .draft import Line, cells
from .markers import Marker, read_marker
from .wrapping import Wrapping, measure_wrapping

_NEAR = 12  # lines in which the next item of a list is looked for
_FAR = 40
_ITEM = 16  # cells; a shorter line below a colon is a name rather than a demand


class Page:
    """Lines seen once: look-ups are by position, and cost the same on a page of any length."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.markers: list[Marker | None] = [read_marker(line.text) for line in lines]
        self.wrapping: Wrapping = measure_wrapping(lines)
        self._below = self._next_filled()
        self.spaced = sum(line.blank for line in lines) >= 2

    def _next_filled(self) -> list[int | None]:
        below: list[int | None] = []
        found: int | None = None
        for position in range(len(self.lines) - 1, -1, -1):
            below.append(found)
            found = found if self.lines[position].blank else position
        return below[::-1]

    def below(self, position: int) -> int | None:
        """Where the next line that is not blank stands."""
        return self._below[position]

    def line_below(self, position: int) -> Line | None:
        """The next line that is not blank."""
        found = self._below[position]
        return None if found is None else self.lines[found]

    def marker_below(self, position: int) -> Marker | None:
        """The marker of the next line that is not blank."""
        found = self._below[position]
        return None if found is None else self.markers[found]

    def adjoining(self, position: int) -> bool:
        """Whether the line directly below has text."""
        return self._below[position] == position + 1

    def continues(self, position: int) -> bool:
        """Whether the line at `position` goes on with the one directly above it."""
        above = self.lines[position - 1]
        return self.wrapping.continues(above.text, self.lines[position].body)

    def fills_above(self, position: int) -> bool:
        """Whether the line directly above had no room for the first word of this one."""
        above = self.lines[position - 1]
        return self.wrapping.fills(above.text, self.lines[position].body)

    def followed_by(self, kind: str, position: int) -> bool:
        """Whether another marker of that kind stands below, before a new paragraph begins."""
        for below in range(position + 1, min(position + _NEAR, len(self.lines))):
            marker = self.markers[below]
            if marker:
                return marker.kind == kind
            if self.lines[below - 1].blank and not self.lines[below].blank:
                return False
        return False

    def counts_on(self, marker: Marker, position: int) -> bool:
        """Whether one of the next markers of the same kind has the next number."""
        following = {value + 1 for value in marker.values}
        near = self.markers[position + 1 : position + _FAR]
        if any(m and m.kind == marker.kind and m.values & following for m in near):
            return True
        return marker.values == {1} and self.followed_by(marker.kind, position)  # 1. 1. 1.

    def has_parallel_lines(self, position: int) -> bool:
        """Whether this line and the next are separate lines side by side, each one whole."""
        below = self.below(position)
        if below is None or self.markers[below]:
            return False
        indent = self.lines[position].indent
        if self.lines[below].indent != indent or (below == position + 1 and self.continues(below)):
            return False
        return indent >= 2 or (below == position + 1 and cells(self.lines[position].body) >= _ITEM)
