"""Whole statements, each beside what is to be read in it; `make golden` writes these anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from distributor.statements.intake import read_statement
from distributor.statements.values import Reading

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("ar", "cs", "de", "fr", "ja", "uk", "zh")


def shown(reading: Reading) -> dict[str, Any]:
    """A reading as JSON, without what is absent."""
    more = {
        "url": reading.url,
        "not_before": reading.not_before and reading.not_before.isoformat(),
        "hashtags": list(reading.hashtags),
        "repairs": [
            {"line": r.line, "kind": r.kind, "before": r.before, "after": r.after}
            for r in reading.repairs
        ],
        "warnings": list(reading.warnings),
    }
    return reading.wording.to_json() | {key: value for key, value in more.items() if value}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_golden_statement_is_read_as_agreed(path: Path) -> None:
    suffix = path.stem.rpartition("-")[2]
    language = suffix if suffix in LANGUAGES else "en"
    read = (
        json.dumps(
            shown(read_statement(path.read_bytes(), language=language)),
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )
    golden = path.with_suffix(".json")
    if os.environ.get("GOLDEN"):
        golden.write_text(read, encoding="utf-8")
    assert read == golden.read_text(encoding="utf-8")
