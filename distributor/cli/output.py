"""What a command prints: words for a person, or one JSON document for a program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import click

WAITS_FOR_A_PERSON = 3


@dataclass(frozen=True, slots=True)
class Output:
    """Results go to stdout, messages to stderr."""

    json: bool

    def result(self, value: Any, words: str) -> None:
        """The result of the command, in the form asked for."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=2) if self.json else words)

    def message(self, sentence: str) -> None:
        """Something worth knowing that is not the result."""
        click.echo(sentence, err=True)


pass_output = click.make_pass_decorator(Output)
