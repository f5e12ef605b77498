"""Every table and every kind of column arrives as it was; whatever goes wrong leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from distributor import assemble, vault
from distributor.audit.chain import record, verify
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.database_copy import Copy, copied_models, copy_database
from distributor.delivery import epoch
from distributor.delivery.models import Epoch, Halt, Moved
from distributor.errors import BadInput, BadState
from distributor.instance import only_one
from tests.servers.postgres import Postgres

NOON = dt.datetime(2026, 6, 3, 12, 30, 15, 123456, tzinfo=dt.UTC)
# What a format for copying might trip over: tabs, ends of lines, its own sign for nothing.
AWKWARD = "\\N \t“水” 🌊\r\n'\"\\ %s {} "

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def allow_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's guard against other databases knows only those that stand in the settings."""
    guarded = BaseDatabaseWrapper.ensure_connection

    def ensure(self: BaseDatabaseWrapper) -> None:
        if self.alias == "target" and self.connection is None:
            self.connect()
        else:
            guarded(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure)


@pytest.fixture(autouse=True)
def take_back(transactional_db: None) -> Iterator[None]:
    """Make the database of the tests one that was not moved."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS moved")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A data directory of its own."""
    vault.create(tmp_path)
    configuration = parse({"storage": {"directory": str(tmp_path)}})
    return Context(configuration, vault.load(tmp_path), packaged("templates"), now=lambda: NOON)


def value_for(field: models.Field[Any, Any], number: int) -> Any:
    """Something hard to carry for a column; every second row has nothing where that may be."""
    if field.null and number % 2:
        return None
    if field.choices:
        return list(field.flatchoices)[number % len(field.flatchoices)][0]
    match field:
        case models.ForeignKey():
            rows = sorted(field.related_model._base_manager.values_list("pk", flat=True))
            # A row that refers to its own kind refers to an earlier one, the first to none.
            return rows[min(number, len(rows) - 1)] if rows else None
        case models.AutoField() | models.BigAutoField():
            return 1000 + number
        case models.DateTimeField():
            return NOON + dt.timedelta(microseconds=number)
        case models.BooleanField():
            return bool(number % 2)
        case models.JSONField():
            return {"z": [number, 2.5, None, True, AWKWARD], "a": {"ä": {}}, "list": []}
        case models.BinaryField():
            return bytes(range(256)) + bytes([number])
        case models.IntegerField():
            return 2**31 - 1 - number
        case _:
            return f"{number}{AWKWARD}"[: field.max_length]


def fill(model: type[models.Model]) -> None:
    """Three rows, after those that they refer to."""
    if model._base_manager.exists():
        return
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is not model:
            fill(field.related_model)
    for number in range(3):
        fields = model._meta.concrete_fields
        row = model(**{field.attname: value_for(field, number) for field in fields})
        row.save_base(raw=True, force_insert=True)  # raw: no field sets its own time


@pytest.fixture
def filled(context: Context) -> Context:
    """Every table has rows; the record and the epoch are real ones."""
    for number in range(3):
        record("Ana", "tried", AWKWARD, {"ä": [number, 2.5, None], "a": {}}, NOON)
    epoch.advance()
    for model in copied_models():
        fill(model)
    return context


def read_here(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """A table as SQLite has it."""
    names = [field.attname for field in model._meta.concrete_fields]
    return sorted(model._base_manager.values_list(*names), key=lambda row: str(row[0]))


def read_there(url: str, model: type[models.Model]) -> list[tuple[Any, ...]]:
    """The same, asked without Django."""
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    with psycopg.connect(url) as target:
        rows = target.execute(f"SELECT {columns} FROM {model._meta.db_table}".encode())
        return sorted(rows.fetchall(), key=lambda row: str(row[0]))


def copy(context: Context, url: str) -> Copy:
    """Copy, without looking at the progress."""
    return copy_database(context, url, lambda table, rows: None)


def require_untouched(url: str) -> None:
    """The target has no row, and this database is still the one in use."""
    for model in copied_models():
        assert read_there(url, model) == []
    assert assemble.moved_to() is None
    assert Epoch.objects.get().number < 2**31


def test_every_row_of_every_table_arrives_as_it_was(filled: Context, postgres: Postgres) -> None:
    url = postgres.create_database()
    copied = copy(filled, url)
    assert {table.name: table.rows for table in copied.tables} == {
        model._meta.db_table: len(read_here(model)) for model in copied_models()
    }
    assert all(table.rows for table in copied.tables)
    for model in copied_models():
        assert read_there(url, model) == read_here(model), model
    assert copied.record == verify()
    assert copied.record.broken_at is None


def test_new_rows_get_numbers_of_their_own(filled: Context, postgres: Postgres) -> None:
    url = postgres.create_database()
    copy(filled, url)
    highest = Halt.objects.order_by("pk").values_list("pk", flat=True).last()
    with psycopg.connect(url) as target:
        insert = "INSERT INTO delivery_halt (why, by, at) VALUES ('', '', now()) RETURNING id"
        assert target.execute(insert).fetchone() == ((highest or 0) + 1,)


def test_progress_is_told_for_each_table(filled: Context, postgres: Postgres) -> None:
    told: dict[str, int] = {}
    copied = copy_database(filled, postgres.create_database(), told.__setitem__)
    assert told == {table.name: table.rows for table in copied.tables}


def test_after_the_copy_the_source_names_where_it_went(
    context: Context, postgres: Postgres
) -> None:
    url = postgres.create_database()
    copy(context, url)
    with pytest.raises(BadState, match=r"This database was moved to postgresql://127\.0\.0\.1:"):
        assemble.require_not_moved()
    with pytest.raises(BadState, match=r"was moved to .*/fresh_\d+ on 2026-06-03"):
        copy(context, postgres.create_database())


def test_backups_made_before_the_copy_are_older_than_what_was_last_used(
    context: Context, postgres: Postgres
) -> None:
    before = epoch.advance()
    epoch.note(context.configuration.directory, before)
    copy(context, postgres.create_database())
    assert (context.configuration.directory / "epoch").read_text() == f"{before + 1}\n"
    assert Epoch.objects.get().number == before + 1


def test_a_copy_that_ended_between_its_two_commits_can_be_made_again(
    filled: Context, postgres: Postgres
) -> None:
    url = postgres.create_database()
    port, name = url.rpartition(":")[2].split("/")
    Moved.objects.create(pk=1, to=f"postgresql://127.0.0.1:{port}/{name}", at=NOON)
    assert copy(filled, url).rows == sum(len(read_here(model)) for model in copied_models())


def test_a_target_with_data_is_refused(filled: Context, postgres: Postgres) -> None:
    url = postgres.create_database()
    copy(filled, url)
    Moved.objects.all().delete()
    with pytest.raises(BadState, match=r"holds data of this program already \(in "):
        copy(filled, url)
    assert assemble.moved_to() is None


def test_nothing_may_be_working_on_the_source(context: Context, postgres: Postgres) -> None:
    with (
        only_one(context.configuration.directory),
        pytest.raises(BadState, match="Another process"),
    ):
        copy(context, postgres.create_database())


def test_what_the_target_refuses_in_the_midst_leaves_both_sides_as_they_were(
    filled: Context, postgres: Postgres
) -> None:
    Halt.objects.create(by="a name that is too long " * 9, why="", at=NOON)
    url = postgres.create_database()
    with pytest.raises(BadState, match="value too long for type character varying") as refused:
        copy(filled, url)
    assert "a name that" not in str(refused.value)
    require_untouched(url)


def test_a_row_that_reads_back_differently_is_noticed(filled: Context, postgres: Postgres) -> None:
    url = postgres.create_database()
    Halt.objects.create(pk=5, by="a name that is too long " * 9, why="", at=NOON)
    with pytest.raises(BadState, match="value too long"):
        copy(filled, url)  # which made the tables
    Halt.objects.filter(pk=5).delete()
    with psycopg.connect(url) as target:
        target.execute(
            "CREATE FUNCTION bend() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.why = upper(NEW.why); RETURN NEW; END $$"
        )
        target.execute(
            "CREATE TRIGGER bend BEFORE INSERT ON delivery_halt "
            "FOR EACH ROW EXECUTE FUNCTION bend()"
        )
    Halt.objects.create(by="Ben", why="a wrong number", at=NOON)
    with pytest.raises(BadState, match="gave other rows of delivery_halt back"):
        copy(filled, url)
    require_untouched(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///var/other.sqlite3",
        "mysql://ana@host/name",
        "postgresql://ana:secret@host",
        "postgresql://ana:secret@host:port/name",
        "name",
    ],
)
def test_an_address_that_is_none_is_refused(context: Context, url: str) -> None:
    with pytest.raises(BadInput, match="Write it like postgresql://user@host/name") as refused:
        copy(context, url)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_away_is_said_without_the_password(
    context: Context, free_port: int
) -> None:
    with pytest.raises(BadState, match=r"Nothing was copied: .* says: .*refused") as refused:
        copy(context, f"postgresql://ana:carries-water@127.0.0.1:{free_port}/name")
    assert "carries-water" not in str(refused.value)
