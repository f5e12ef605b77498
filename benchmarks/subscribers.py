"""How fast subscribers are imported, imported again and exported, on SQLite.

    python benchmarks/subscribers.py [ROWS]        (20,000 rows unless told)

Works in a temporary folder on real files, with the durability of production.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_CONFIGURATION = '[storage]\ndirectory = "{folder}"\n[lists.readers]\ntitle = "Readers"\n'


def main(rows: int) -> None:
    """Set up an installation in a temporary folder and measure in it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "distributor.toml"
        file.write_text(_CONFIGURATION.format(folder=folder))
        os.environ |= {
            "DISTRIBUTOR_CONFIG": str(file),
            "DJANGO_SETTINGS_MODULE": "distributor.settings",
        }
        measure(Path(folder), rows)


def measure(folder: Path, rows: int) -> None:
    """Import a file of that many people, import it again, export it."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from distributor import vault
    from distributor.context import Context
    from distributor.newsletter.importing import ImportReport, import_csv
    from distributor.newsletter.subscribers import export

    call_command("migrate", verbosity=0)
    vault.create(folder)
    context = Context(settings.CONFIGURATION, vault.load(folder), folder)
    lines = ["email,name,language\n"]
    lines += [f"  Reader.{n}@Example{n % 50}.org,Reader {n},en\n" for n in range(rows)]

    def bring() -> ImportReport:
        return import_csv(
            context,
            lines,
            list_name="readers",
            basis="benchmark",
            confirmed=True,
            by="benchmark",
            progress=lambda read: None,
        )

    report("import", rows, bring)
    report("the same again", rows, bring)
    report("export", rows, lambda: sum(1 for _ in export(context, "readers")))


def report(what: str, rows: int, act: Callable[[], object]) -> None:
    """Print rows per second of one act."""
    start = time.perf_counter()
    act()
    seconds = time.perf_counter() - start
    print(f"{what}: {rows:,} rows in {seconds:.2f} s, {rows / seconds:,.0f} rows/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
