"""YAML front matter: a few known keys with plain values, between two lines of three hyphens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from ...errors import BadInput
from .dates import find_date
from .draft import Draft
from .wrapping import join_lines

LIMIT = 16_384  # bytes
_DEEPEST = 2  # a list inside the mapping
_FENCE = "---"
_ENDS = (_FENCE, "...")


def take_front_matter(draft: Draft) -> None:
    """Read the front matter into the draft. Raises BadInput for what cannot be read."""
    if not draft.lines or draft.lines[0].text.rstrip() != _FENCE:
        return
    end = next((i for i, line in enumerate(draft.lines) if i and line.text.rstrip() in _ENDS), None)
    if end is None:
        raise BadInput("The front matter that begins on line 1 has no end: close it with ---.")
    source = "\n".join(line.text for line in draft.lines[1:end])
    if len(source.encode("utf-8")) > LIMIT:
        raise BadInput(f"The front matter is longer than {LIMIT // 1024} KB: shorten it.")
    for key, value in _load(source).items():
        _take(draft, str(key), value)
    draft.lines = draft.lines[end + 1 :]
    draft.markdown = True


def _load(source: str) -> dict[Any, Any]:
    """The mapping, all its values as text. Raises BadInput for anything else."""
    from ruamel.yaml import YAML  # costs a tenth of a second; most statements have no front matter
    from ruamel.yaml.error import YAMLError

    try:
        _refuse_depth(YAML(typ="base", pure=True).parse(source))
        value = YAML(typ="base", pure=True).load(source)
    except (YAMLError, ValueError, LookupError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 2}" if mark else ""
        raise BadInput(
            f"The front matter cannot be read{where}: write one `key: value` a line."
        ) from None
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise BadInput("The front matter is no list of keys: write one `key: value` a line.")
    return value


def _refuse_depth(events: Iterable[object]) -> None:
    """Refuse aliases and nesting, on which the loader can spend minutes."""
    from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if getattr(event, "anchor", None):  # of an alias, too
            raise BadInput("The front matter uses an alias (&name, *name): write the value out.")
        if depth > _DEEPEST:
            raise BadInput("The front matter is nested: write one `key: value` a line.")


def _take(draft: Draft, key: str, value: object) -> None:
    take = _KEYS.get(key.lower())
    if take is None:
        draft.warn(f"The front matter's {key!r} is not known and was left out.")
    elif value not in (None, ""):
        take(draft, value)


def _text(key: str, value: object) -> str:
    text = join_lines(value.splitlines()) if isinstance(value, str) else ""
    if not text:
        raise BadInput(f"The front matter's {key} is not a text: write it as one line.")
    return text


def _title(draft: Draft, value: object) -> None:
    draft.title = _text("title", value)


def _date(draft: Draft, value: object) -> None:
    text = _text("date", value)
    found = find_date(text)
    if found is None or found.date is None or found.start:
        raise BadInput("The front matter's date cannot be read: write it like 2023-06-03.")
    if found.ambiguous:
        draft.warn(f"The date was read as day/month/year, {found.date}: check it.")
    draft.date = found.date


def _language(draft: Draft, value: object) -> None:
    text = _text("language", value)
    parts = text.split("-")
    well_formed = all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts)
    if not (well_formed and parts[0].isalpha() and 2 <= len(parts[0]) <= 3):
        raise BadInput("The front matter's language is no language tag: write it like en or zh-TW.")
    draft.language = text


def _url(draft: Draft, value: object) -> None:
    text = _text("url", value)
    if not text.lower().startswith(("https://", "http://")) or " " in text:
        raise BadInput("The front matter's url is no web address: begin it with https://.")
    draft.url = text


def _not_before(draft: Draft, value: object) -> None:
    try:
        moment = dt.datetime.fromisoformat(_text("not_before", value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            "The front matter's not_before is no time with a zone: "
            "write it like 2024-06-04T09:00:00+02:00."
        )
    draft.not_before = moment


def _hashtags(draft: Draft, value: object) -> None:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadInput("The front matter's hashtags are no list: write them like [one, two].")
    draft.hashtags = tuple(word.strip().lstrip("#") for word in words if word.strip(" #"))


_KEYS: dict[str, Callable[[Draft, object], None]] = {
    "title": _title,
    "date": _date,
    "language": _language,
    "url": _url,
    "not_before": _not_before,
    "hashtags": _hashtags,
}
