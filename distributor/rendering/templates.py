"""The sandbox in which the team's templates run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 200_000


class TemplateFault(Exception):
    """A template could not be rendered: which file, which line (from 1), and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.line = line
        self.reason = reason


def environment(folder: Path, *, html: bool) -> ImmutableSandboxedEnvironment:
    """The environment for the templates of one folder; `html` escapes every value.

    Escaping does not depend on the file's name: Jinja2's own choice by name
    leaves "body.html.j2" unescaped.
    """
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(sandbox: ImmutableSandboxedEnvironment, name: str, values: Mapping[str, Any]) -> str:
    """Render one template. Raises TemplateFault, also when the output grows too long."""
    try:
        pieces: list[str] = []
        length = 0
        for piece in sandbox.get_template(name).generate(values):
            pieces.append(piece)
            length += len(piece)
            if length > MOST_CHARACTERS:
                raise SecurityError(f"it writes more than {MOST_CHARACTERS:,} characters")
    except Exception as error:
        raise TemplateFault(name, _line(error, name), str(error) or type(error).__name__) from error
    return "".join(pieces)


def _line(error: Exception, name: str) -> int | None:
    """The line of the template at which rendering stopped."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(name):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
