"""Import of subscribers from a CSV file, in batches that are each whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction

from distributor.audit.chain import record
from distributor.context import Context
from distributor.database import insert_new, stored
from distributor.vault import token_hash

from .addresses import clean_words
from .models import Membership, Subscriber, Subscription, Suppression
from .subscriber_file import BadRow, Row, SubscriberFile
from .subscriptions import require_list, unsubscribe_token

_BATCH = 2500  # rows per transaction: some 0.2 s in which nobody else can write to SQLite

_SUBSCRIPTION = (
    "subscriber_id",
    "list",
    "state",
    "basis",
    "token_hash",
    "requested_at",
    "confirmed_at",
    "unsubscribed_at",
    "unsubscribed_how",
)


@dataclass(slots=True)
class ImportReport:
    """What became of each row read; the other numbers and `invalid` add up to `read`."""

    read: int = 0
    added: int = 0  # new on the list
    confirmed: int = 0  # were on the list, waiting to be confirmed
    already: int = 0  # were on the list; left as they are
    suppressed: int = 0  # never to be mailed
    unsubscribed: int = 0  # left the list before, or are marked so in the file
    repeated: int = 0  # stood earlier in the same file
    invalid: list[tuple[int, str]] = field(default_factory=list)  # line, reason


def import_csv(
    context: Context,
    lines: Iterable[str],
    *,
    list_name: str,
    basis: str,
    confirmed: bool,
    by: str,
    progress: Callable[[int], None],
) -> ImportReport:
    """Bring the people of a file onto a list; `progress` hears the number of rows read so far.

    Whoever is suppressed or left the list stays away. What is known of a person
    already is not overwritten, so the same file twice changes nothing. A row that an
    exported file marks as unconfirmed or unsubscribed keeps that state.
    Raises BadInput, with nothing stored, for an unknown list, an empty basis or a broken file.
    """
    require_list(context, list_name)
    run = _Import(context, list_name, clean_words(basis, "basis"), confirmed, by)
    rows = iter(SubscriberFile(lines))
    while batch := list(islice(rows, _BATCH)):
        run.take(batch)
        progress(run.report.read)
    return run.report


class _Import:
    """One import on its way: its terms, who was met so far, and the report."""

    def __init__(
        self, context: Context, list_name: str, basis: str, confirmed: bool, by: str
    ) -> None:
        self._context = context
        self._list = list_name
        self._basis = basis
        self._confirmed = confirmed
        self._by = by
        self._now = context.now()
        self._met: set[str] = set()
        self.report = ImportReport()

    def take(self, batch: Iterable[Row | BadRow]) -> None:
        """Sort out a batch and store it with its entry in the record, or not at all."""
        rows = self._sort_out(batch)
        with transaction.atomic():
            self._store(rows)

    def _sort_out(self, batch: Iterable[Row | BadRow]) -> dict[str, Row]:
        """The usable rows of a batch by address index, each person once."""
        rows = {}
        for row in batch:
            self.report.read += 1
            if isinstance(row, BadRow):
                self.report.invalid.append((row.line, row.reason))
            elif row.list != self._list and row.list in self._context.configuration.lists:
                self.report.invalid.append(
                    (row.line, f"The row is of the list “{row.list}”. Import it there.")
                )
            elif (index := self._context.vault.index(row.address)) in self._met:
                self.report.repeated += 1
            else:
                self._met.add(index)
                rows[index] = row
        return rows

    def _store(self, rows: dict[str, Row]) -> None:
        welcome = self._without_suppressed(rows)
        standing = self._standing(welcome)
        new = {index: row for index, row in welcome.items() if index not in standing}
        added = self._add(new)
        confirmed = self._confirm(welcome, standing)
        left = sum(state == Membership.UNSUBSCRIBED for _, state in standing.values())
        self.report.suppressed += len(rows) - len(welcome)
        self.report.added += added
        self.report.confirmed += confirmed
        self.report.unsubscribed += left + len(new) - added
        self.report.already += len(standing) - left - confirmed
        if new or confirmed:
            detail = {"basis": self._basis, "added": added, "confirmed": confirmed}
            record(self._by, "subscribers imported", f"list {self._list}", detail, self._now)

    def _without_suppressed(self, rows: dict[str, Row]) -> dict[str, Row]:
        found = Suppression.objects.filter(address_index__in=rows)
        suppressed = set(found.values_list("address_index", flat=True))
        return {index: row for index, row in rows.items() if index not in suppressed}

    def _standing(self, rows: dict[str, Row]) -> dict[str, tuple[int, str]]:
        """The subscriptions there are already: address index to key and state."""
        found = Subscription.objects.filter(
            list=self._list, subscriber__address_index__in=rows
        ).values_list("subscriber__address_index", "pk", "state")
        return {index: (key, state) for index, key, state in found}

    def _add(self, rows: dict[str, Row]) -> int:
        """Subscribe new people; how many of them did not come as unsubscribed."""
        self._insert_subscribers(rows)
        found = Subscriber.objects.filter(address_index__in=rows)
        keys = dict(found.values_list("address_index", "pk"))
        states = {index: self._state_of(row) for index, row in rows.items()}
        self._insert_subscriptions(keys, states)
        return sum(state != Membership.UNSUBSCRIBED for state in states.values())

    def _insert_subscribers(self, rows: dict[str, Row]) -> None:
        """Add the people not known yet; the others stay as they are."""
        seal, created_at = self._context.vault.seal, stored(self._now)
        insert_new(
            Subscriber,
            ("address_index", "address", "name", "language", "created_at"),
            (
                (
                    index,
                    seal(row.address),
                    seal(row.name) if row.name else None,
                    row.language,
                    created_at,
                )
                for index, row in rows.items()
            ),
        )

    def _insert_subscriptions(self, keys: dict[str, int], states: dict[str, Membership]) -> None:
        vault, now = self._context.vault, stored(self._now)
        # The moments that each state comes with: confirmed_at, unsubscribed_at and how.
        moments = {
            Membership.UNCONFIRMED: (None, None, ""),
            Membership.CONFIRMED: (now, None, ""),
            Membership.UNSUBSCRIBED: (None, now, "import"),
        }
        insert_new(
            Subscription,
            _SUBSCRIPTION,
            (
                (
                    keys[index],
                    self._list,
                    state.value,
                    self._basis,
                    token_hash(unsubscribe_token(vault, self._list, index)),
                    now,
                    *moments[state],
                )
                for index, state in states.items()
            ),
        )

    def _state_of(self, row: Row) -> Membership:
        """As the file marks the row, else as the whole import is meant."""
        if row.state in (Membership.UNSUBSCRIBED, Membership.UNCONFIRMED):
            return Membership(row.state)
        return Membership.CONFIRMED if self._confirmed else Membership.UNCONFIRMED

    def _confirm(self, rows: dict[str, Row], standing: dict[str, tuple[int, str]]) -> int:
        """Confirm who was waiting for it, on the basis of this import; how many these were."""
        keys = [
            key
            for index, (key, state) in standing.items()
            if state == Membership.UNCONFIRMED
            and self._state_of(rows[index]) == Membership.CONFIRMED
        ]
        return Subscription.objects.filter(pk__in=keys, state=Membership.UNCONFIRMED).update(
            state=Membership.CONFIRMED, confirmed_at=self._now, basis=self._basis
        )
