"""A list while it is read: its items so far, and which marks it takes."""

from __future__ import annotations

import re

from ..values import ItemList
from .markers import Marker
from .wrapping import join_lines

_MORE = re.compile(
    r"[;；،](?:\s+(?:and|or|und|oder|et|ou|y|o|e|a|та|і|и))?$|,\s+(?:and|or|und|et|y)$"
)


class OpenList:
    """The items read so far. A bare list is one whose marks were all lost."""

    def __init__(self, first: Marker, number: int, *, bare: bool = False) -> None:
        self.first = first
        self.last = first
        self.start = number  # of the first item, when they count
        self.number = number  # of the last item
        self.bare = bare
        self.divided = False  # the last item counts what it has inside: "(i) …; and (ii) …"
        self.items: list[list[str]] = []

    @property
    def ordered(self) -> bool:
        """Whether the items count."""
        return self.first.ordered

    @property
    def awaits_text(self) -> bool:
        """Whether the last mark stood alone on its line."""
        return bool(self.items) and not self.items[-1]

    def takes(self, marker: Marker) -> bool:
        """Whether the marker is that of the next item."""
        if not self.ordered:
            return not marker.ordered
        return marker.kind == self.first.kind and (
            self.number + 1 in marker.values or self._is_lazy(marker)
        )

    def _is_lazy(self, marker: Marker) -> bool:
        """Whether every item says 1, as Markdown allows."""
        return self.start == self.number == 1 and marker.values == {1}

    def counts_over(self, marker: Marker | None) -> bool:
        """Whether the number of a later item leaves no room for one that lost its mark."""
        return self.ordered and marker is not None and self.takes(marker)

    @property
    def expects_more(self) -> bool:
        """Whether the last item ends as only an item with another below it does."""
        return bool(self.items and self.items[-1] and _MORE.search(self.items[-1][-1]))

    def is_nested(self, marker: Marker) -> bool:
        """Whether the marker stands below the text of an item."""
        return marker.indent >= self.first.text_indent

    def counts_inside(self, marker: Marker) -> bool:
        """Whether the marker counts what one of these counted items is divided into."""
        deeper = marker.ordered and marker.indent > self.first.indent
        return self.ordered and deeper and (self.divided or not self.takes(marker))

    def add(self, marker: Marker) -> None:
        """Begin the next item."""
        if self.items and not self._is_lazy(marker):
            self.number += 1
        self.last, self.divided = marker, False
        self.items.append([marker.text] if marker.text else [])

    def add_unmarked(self, text: str) -> None:
        """Begin an item whose mark was lost."""
        self.number += 1 if self.items else 0
        self.items.append([text])

    def divide(self, text: str) -> None:
        """Add what the last item is divided into, with its own mark."""
        self.divided = True
        self.go_on(text)

    def go_on(self, text: str) -> None:
        """Add a line to the last item."""
        self.items[-1].append(text)

    def block(self) -> ItemList | None:
        """The list as it is read; None when nothing was written beside its marks."""
        items = tuple(join_lines(item) for item in self.items if item)
        if not items:
            return None
        return ItemList(items, self.ordered, self.start if self.ordered else 1)


def split_run_on(marker: Marker) -> list[str]:
    """The items of "• one • two • three", which a paste put on one line."""
    if marker.kind != "bullet":
        return [marker.text]
    return re.split(rf"\s+{re.escape(marker.mark)}\s+", marker.text)
