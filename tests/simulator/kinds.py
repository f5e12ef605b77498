"""The kinds of schedules, each with the defects that must be noticed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import correction_mutants, mutants, withdrawal_mutants
from .corrections import Corrected
from .planting import Mutant
from .schedules import Schedule
from .withdrawals import Withdrawn

KINDS: Mapping[str, tuple[type[Schedule], Sequence[Mutant]]] = {
    "statements": (Schedule, mutants.MUTANTS),
    "corrections": (Corrected, correction_mutants.MUTANTS),
    "withdrawals": (Withdrawn, withdrawal_mutants.MUTANTS),
}
