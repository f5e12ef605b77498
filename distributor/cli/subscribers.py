"""`distributor subscriber …`: the mailing lists."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..errors import BadInput
from .output import Output, pass_output
from .ready import ready

_BY = "command line"


@click.group()
def subscriber() -> None:
    """The subscribers of the mailing lists."""


@subscriber.command("import")
@click.argument("file")
@click.option("--list", "name", required=True, help="The list, as the configuration names it.")
@click.option("--basis", required=True, help="How these persons gave their consent.")
@click.option("--confirmed", is_flag=True, help="They have confirmed; without this no mail goes.")
@pass_output
def import_(output: Output, file: str, name: str, basis: str, confirmed: bool) -> None:
    """Import a CSV FILE with the header email,name,language (only email is required)."""
    with ready() as context:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn

        from ..newsletter.importing import import_csv

        console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"))
        bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        with _opened(file) as lines, bar as progress:
            task = progress.add_task("import", total=None)
            report = import_csv(
                context,
                lines,
                list_name=name,
                basis=basis,
                confirmed=confirmed,
                by=_BY,
                progress=lambda rows: progress.update(task, completed=rows),
            )
        value = asdict(report)
        value["invalid"] = [{"line": line, "reason": reason} for line, reason in report.invalid]
        output.result(value, _in_words(value))


def _opened(file: str) -> Any:
    try:
        if file == "-":
            return click.open_file("-", encoding="utf-8-sig")
        return Path(file).open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from None


def _in_words(report: dict[str, Any]) -> str:
    counts = ", ".join(
        f"{number} {word}" for word, number in report.items() if isinstance(number, int) and number
    )
    wrong = [f"  line {one['line']}: {one['reason']}" for one in report["invalid"]]
    return "\n".join([counts or "The file holds no rows.", *wrong])


@subscriber.command("export")
@click.option("--list", "name", help="Only this list.")
@pass_output
def export(output: Output, name: str | None) -> None:
    """Print the subscriptions as CSV (or JSON)."""
    with ready() as context:
        from ..newsletter.subscriber_file import COLUMNS, to_csv_row
        from ..newsletter.subscribers import export as export_

        records = export_(context, name)
        if output.json:
            output.result({"subscriptions": list(records)}, "")
            return
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for record in records:
            writer.writerow(to_csv_row(record))


@subscriber.command("show")
@click.argument("address")
@pass_output
def show(output: Output, address: str) -> None:
    """Show everything that is held on one person."""
    with ready() as context:
        import json

        from ..newsletter.subscribers import show as show_

        held = show_(context, address)
        output.result(held, json.dumps(held, ensure_ascii=False, indent=2))


@subscriber.command("erase")
@click.argument("address")
@pass_output
def erase(output: Output, address: str) -> None:
    """Delete what is held on one person; only a keyed hash stays, so no import brings them back."""
    with ready() as context:
        from ..newsletter.subscribers import erase as erase_

        done = erase_(context, address, by=_BY)
        words = "Erased." if done else "Nothing was held on this address."
        output.result({"erased": done}, words)


@subscriber.command("suppress")
@click.argument("address")
@click.option("--reason", default="asked by hand", help="Why, in a few words.")
@pass_output
def suppress(output: Output, address: str, reason: str) -> None:
    """Never mail this address again, whatever a later import says."""
    with ready() as context:
        from ..newsletter.subscribers import suppress as suppress_

        new = suppress_(context, address, reason=reason, by=_BY)
        words = "Suppressed." if new else "It was suppressed already."
        output.result({"suppressed": True, "new": new}, words)


COMMANDS = (subscriber,)
