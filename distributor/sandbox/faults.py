"""Faults on request: a queue of rules that says which requests go wrong, and how.

The same words serve the HTTP servers (match "POST /2/tweets") and the mail
server (match "RCPT ben@example.org").
"""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Action = Literal[
    "status",  # answer `code`, `body`, `headers`; nothing happens
    "html",  # answer `code` with an HTML page, as a proxy in front would; nothing happens
    "redirect",  # answer 301 to `location`; nothing happens
    "drop_before",  # close the connection without an answer; nothing happens
    "never",  # leave the connection open without an answer for `seconds`; nothing happens
    "drop_after",  # do it, then close the connection without an answer
    "reset_after",  # do it, then reset the connection
    "500_after",  # do it, then answer `code` (500)
    "truncate",  # do it, then send only half of the answer
    "gzip_bomb",  # do it, then answer with a few kilobytes that unpack to 16 MiB
    "delay",  # wait `seconds`, then do it and answer
    "late",  # answer `code`, or close the connection; do it `seconds` later
]


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault: which requests, how often, and what happens to them.

    `match` is a verb (`*` is any) and the beginning of a path or address, or a
    pattern with `*`. The first `after` matching requests pass; then the rule
    applies `times` times (None: until it is cleared).
    """

    match: str
    do: Action
    times: int | None = 1
    after: int = 0
    code: int | None = None
    body: Any = None  # text as it is, anything else as JSON; None: the network's own words
    headers: dict[str, str] = {}
    location: str = "/"
    seconds: float = 1.0

    def matches(self, verb: str, target: str) -> bool:
        """Whether a request is meant by this rule."""
        wanted, _, pattern = self.match.partition(" ")
        if wanted not in ("*", verb):
            return False
        return target.startswith(pattern) or fnmatch.fnmatchcase(target, pattern)


class FaultQueue:
    """The rules of one server, oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, rule: Rule | Mapping[str, Any]) -> None:
        """Add a rule at the end. Raises msgspec.ValidationError for a malformed one."""
        checked = msgspec.convert(
            msgspec.to_builtins(rule) if isinstance(rule, Rule) else rule, Rule
        )
        with self._lock:
            self._rules.append(checked)

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()

    def pending(self) -> list[dict[str, Any]]:
        """The rules that still apply, as JSON values."""
        with self._lock:
            return [msgspec.to_builtins(rule) for rule in self._rules]

    def take(self, verb: str, target: str) -> Rule | None:
        """The rule that applies to this request, used up by one; None when all is well."""
        with self._lock:
            for rule in self._rules:
                if not rule.matches(verb, target):
                    continue
                if rule.after > 0:
                    rule.after -= 1
                    continue
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
                return rule
        return None
