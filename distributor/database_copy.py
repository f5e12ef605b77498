"""Moving an installation from SQLite to PostgreSQL: whole and checked, or not at all.

The source is one transaction that keeps every writer out, the target another.
Before the target's commit the source is marked as moved and refused from then on,
so at no moment do two databases exist that both might send.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction

from .assemble import moved_to, require_ready
from .audit.chain import Verdict, record, verify
from .audit.models import Entry
from .context import Context
from .database import connection_settings
from .delivery import epoch, queue
from .delivery.models import Moved
from .errors import BadConfiguration, BadInput, BadState
from .instance import only_one

_TARGET = "target"  # its name among Django's connections
_CHUNK = 2000  # rows in memory
_BY_DJANGO = ("contenttypes", "auth")  # filled by its migrations; nothing of ours refers to them
_ACTOR = "distributor"

Progress = Callable[[str, int], None]
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One copied table. The digest is the same whatever the order of the rows."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What was copied where; `record` is the verdict on the record of acts, read there."""

    target: str
    tables: tuple[Table, ...]
    record: Verdict

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)


def copied_models() -> list[type[models.Model]]:
    """All tables of this program, but for what belongs to one database alone."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in _BY_DJANGO and model is not Moved
    ]


def count_rows() -> int:
    """How many rows there are to copy."""
    return sum(_all(model).count() for model in copied_models())


def copy_database(context: Context, url: str, progress: Progress) -> Copy:
    """Copy everything to the PostgreSQL database at `url`, and give this one up.

    `progress` is told the table and how many of its rows are there. Raises BadInput for an
    address that cannot be used, BadState when either side is in use, when the target holds
    data, or when what it then holds is not what was read.
    """
    if connection.vendor != "sqlite":
        raise BadState("Only a SQLite database can be copied; storage.database is PostgreSQL.")
    directory = context.configuration.directory
    with _target(url) as where, only_one(directory), _broken_off(where):
        require_ready()
        _require_not_moved_elsewhere(where)
        _require_empty(where)
        call_command("migrate", database=_TARGET, verbosity=0, interactive=False)
        with transaction.atomic(using=_TARGET):
            _keep_others_out()
            _require_empty(where)
            with transaction.atomic():
                number = _prepare(context, where)
                copy = _copy(where, progress)
                _give_up(context, where)
        # Backups of the source made before this moment are recognised as old ones.
        epoch.note(directory, number)
        return copy


@contextmanager
def _target(url: str) -> Iterator[str]:
    """Open the target under its name; gives its address without user and password."""
    example = "Write it like postgresql://user@host/name."
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise BadInput(f"The target must be the address of a PostgreSQL database. {example}")
    try:
        settings = connection_settings(url)
    except BadConfiguration:
        raise BadInput(f"The address of the target names no database or port. {example}") from None
    connections.settings = connections.configure_settings(
        {**connections.settings, _TARGET: settings}
    )
    host = settings["HOST"] or "localhost"
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    try:
        yield f"postgresql://{host}{port}/{settings['NAME']}"
    finally:
        connections[_TARGET].close()
        del connections[_TARGET], connections.settings[_TARGET]


@contextmanager
def _broken_off(where: str) -> Iterator[None]:
    """Say in a sentence what PostgreSQL refused; never its details, which may hold data."""
    try:
        yield
    except (DatabaseError, psycopg.Error) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        if not isinstance(cause, psycopg.Error):
            raise
        words = cause.diag.message_primary or str(cause).strip().partition("\n")[0]
        raise BadState(
            f"Nothing was copied: {where} says: {words.rstrip('.')}. "
            "Put that right and run the same command again."
        ) from None


def _require_not_moved_elsewhere(where: str) -> None:
    """A copy that was broken off between its two commits may be made again, to the same place."""
    before = moved_to()
    if before and before.to != where:
        raise BadState(before.sentence)


def _require_empty(where: str) -> None:
    target = connections[_TARGET]
    present = set(target.introspection.table_names())
    for model in copied_models():
        table = model._meta.db_table
        if table in present and _holds_rows(table):
            raise BadState(
                f"{where} holds data of this program already (in {table}). "
                "Name an empty database; if this is where you copied to before, write its "
                "address into storage.database and start."
            )


def _holds_rows(table: str) -> bool:
    # Not through the model: the table may be of an older state of the program.
    target = connections[_TARGET]
    with target.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {target.ops.quote_name(table)})")
        return bool(cursor.fetchone()[0])


def _keep_others_out() -> None:
    target = connections[_TARGET]
    tables = ", ".join(target.ops.quote_name(model._meta.db_table) for model in copied_models())
    with target.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while we read here
        cursor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")


def _prepare(context: Context, where: str) -> int:
    """Change what both databases are to have; gives the number for the file `epoch`."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS moved")  # of a copy that was broken off
    queue.release_all(context.now())  # nobody works here, and there nobody would for a while
    record(_ACTOR, "database moved", "everything", {"to": where}, context.now())
    return epoch.advance()


def _give_up(context: Context, where: str) -> None:
    """Have the source refused from its commit on, also by those who wait for that commit."""
    moved, _ = Moved.objects.update_or_create(pk=1, defaults={"to": where, "at": context.now()})
    sentence = moved.sentence.replace("'", "''")
    with connection.cursor() as cursor:
        # Whoever changes anything says so in the record, in the same transaction.
        cursor.execute(
            f"CREATE TRIGGER moved BEFORE INSERT ON {Entry._meta.db_table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def _copy(where: str, progress: Progress) -> Copy:
    sent = [_send(model, progress) for model in copied_models()]
    target = connections[_TARGET]
    target.check_constraints()  # now, and not at the commit, when the source is given up already
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), copied_models()):
            cursor.execute(statement)
    for model, table in zip(copied_models(), sent, strict=True):
        if _summarise(model, _rows(model, _TARGET)) != table:
            raise BadState(f"Nothing was copied: {where} gave other rows of {table.name} back.")
    verdict = verify(using=_TARGET)
    if verdict != verify():
        raise BadState(f"Nothing was copied: the record of acts reads differently in {where}.")
    return Copy(where, tuple(sent), verdict)


def _send(model: type[models.Model], progress: Progress) -> Table:
    """Stream a table to the target."""
    target = connections[_TARGET]
    fields = model._meta.concrete_fields
    quote = target.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"

    def written(rows: Iterable[Row], copying: Any) -> Iterator[Row]:
        for number, row in enumerate(rows, 1):
            pairs = zip(fields, row, strict=True)
            copying.write_row([field.get_db_prep_save(each, target) for field, each in pairs])
            if number % _CHUNK == 0:
                progress(model._meta.db_table, number)
            yield row

    with target.cursor() as cursor, cursor.copy(statement) as copying:
        table = _summarise(model, written(_rows(model, connection.alias), copying))
    progress(table.name, table.rows)
    return table


def _all(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._base_manager.all()


def _rows(model: type[models.Model], using: str) -> Iterator[Row]:
    names = [field.attname for field in model._meta.concrete_fields]
    return _all(model).using(using).values_list(*names).iterator(chunk_size=_CHUNK)


def _summarise(model: type[models.Model], rows: Iterable[Row]) -> Table:
    number, total = 0, 0
    for row in rows:
        number += 1
        total += int.from_bytes(_digest(row))
    # A sum, as the two databases sort texts differently.
    return Table(model._meta.db_table, number, f"{total % 2**256:064x}")


def _digest(row: Row) -> bytes:
    plain = json.dumps(row, ensure_ascii=False, sort_keys=True, default=_in_words)
    return hashlib.sha256(plain.encode()).digest()


def _in_words(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return bytes(value).hex()
