"""How a defect is planted: a simulator that does not notice it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Swap = tuple[Any, str, Any]


@dataclass(frozen=True)
class Mutant:
    """A defect: what is put in the place of what, and the first words of what it breaks.

    Anything else that goes wrong does not count.
    """

    name: str
    breaks: tuple[str, ...]
    swaps: Sequence[Swap]
    first: int = 1  # the seed to begin with; a later one where those before it take long to show it

    def shows_in(self, problem: str) -> bool:
        """Whether this is what the defect must be noticed by."""
        return problem.startswith(self.breaks)

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The program with the defect."""
        before = [(room, name, getattr(room, name)) for room, name, _ in self.swaps]
        for room, name, wrong in self.swaps:
            setattr(room, name, wrong)
        try:
            yield
        finally:
            for room, name, right in before:
                setattr(room, name, right)


def around(function: Callable[..., Any], change: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its result changed."""
    return lambda *given, **named: change(function(*given, **named), *given)
