"""`distributor database …`: the database as a whole."""

from __future__ import annotations

from dataclasses import asdict

import click

from .output import Output, pass_output


@click.group()
def database() -> None:
    """The database as a whole."""


@database.command("copy")
@click.argument("target", metavar="TARGET-URL")
@pass_output
def copy(output: Output, target: str) -> None:
    """Move this installation from SQLite to the PostgreSQL at TARGET-URL.

    A password is better left out of the address: PGPASSWORD or ~/.pgpass give it unseen.
    """
    from rich.console import Console
    from rich.progress import Progress

    from .. import assemble

    assemble.set_up()
    context = assemble.context()
    from ..database_copy import copy_database, count_rows

    console = Console(stderr=True)
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    with assemble.plain_database_errors(), bar:
        task = bar.add_task("", total=count_rows())
        rows: dict[str, int] = {}

        def show(table: str, number: int) -> None:
            rows[table] = number
            bar.update(task, description=table, completed=sum(rows.values()))

        copied = copy_database(context, target, show)
    verdict = copied.record
    record = (
        f"The record is whole there: {verdict.entries} entries, head {verdict.head}."
        if verdict.broken_at is None
        else f"The record is broken there as it was here: {verdict.why}."
    )
    output.result(
        {
            "target": copied.target,
            "rows": copied.rows,
            "tables": [asdict(table) for table in copied.tables],
            "record": {"ok": verdict.broken_at is None, **asdict(verdict)},
        },
        f"{copied.rows} rows of {len(copied.tables)} tables are in {copied.target}, and were read "
        f"back the same.\n{record}\n"
        "Now write the address you gave into storage.database (with a password: into the file or "
        "variable that database_file or database_env names), leave storage.directory as it is, "
        "and start as before. The SQLite file is refused from now on.",
    )


COMMANDS = (database,)
