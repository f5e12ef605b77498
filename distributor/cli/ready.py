"""Getting the program ready for a command: as little as the command needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import BadInput
from ..wallclock import in_zone

if TYPE_CHECKING:
    from ..context import Context
    from ..people.models import Person


@contextmanager
def ready() -> Iterator[Context]:
    """The context of a set-up installation; the database's refusals become sentences."""
    from .. import assemble

    assemble.set_up()
    context = assemble.context()
    assemble.require_not_moved()
    with assemble.plain_database_errors():
        yield context


def person_named(name: str) -> Person:
    """The person of that name, without regard to case. Raises BadInput when there is none."""
    from ..people.models import Person

    found = Person.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        raise BadInput(
            f"There is no person {name}. Add one with `distributor person add`, "
            "or see `distributor person list`."
        )
    return found


def moment(text: str | None, timezone: str) -> dt.datetime | None:
    """An ISO 8601 moment; without an offset it is meant in the organisation's time zone.

    Raises BadInput when it cannot be read, and as `wallclock.in_zone` does.
    """
    if text is None:
        return None
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text} is not a moment that can be read. Write it like 2026-03-01T09:00+00:00."
        ) from None
    return in_zone(read, timezone)
