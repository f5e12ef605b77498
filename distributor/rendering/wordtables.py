"""Fixed words by language, from a words.toml that the team may change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .languages import nearest
from .templates import TemplateFault

_Table = TypeVar("_Table")


def read_table(path: Path, language: str, shape: type[_Table]) -> tuple[str, _Table]:
    """The table of this language, or of the nearest there is, or English, and which it is.

    Raises TemplateFault when the file is not as it should be.
    """
    tables = _tables(path)
    known = nearest(language, tables, "en")
    try:
        return known, msgspec.convert(tables[known], shape)
    except KeyError:
        raise TemplateFault(path.name, None, f"there is no [{known}]") from None
    except msgspec.ValidationError as error:
        raise TemplateFault(path.name, None, f"[{known}]: {error}") from None


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TemplateFault(path.name, None, reason or "cannot be read") from None
