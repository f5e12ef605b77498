"""The sandbox in which the team's templates run.

A template may loop over what it is given, choose, and write. It may not reach
into Python, write without end, or count on chance: what could take unbounded
time or memory is not there, and steps and output are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 200_000
MOST_STEPS = 100_000
"""Turns of loops and calls together; a statement of 10,000 words needs some thousands."""

_FILTERS = frozenset(
    "default d e escape first forceescape join last length count lower reject rejectattr replace "
    "safe select selectattr string title trim upper urlencode".split()
)
# They make text as long as a number says.
_GROWING_METHODS = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})

_steps: ContextVar[list[int]] = ContextVar("steps of the rendering under way")


class TemplateFault(Exception):
    """A template could not be rendered: which file, which line (from 1), and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.line = line
        self.reason = reason


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's immutable sandbox, with few filters, no globals, and counted steps."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, folder: Path, *, html: bool) -> None:
        super().__init__(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=html,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"counted": _counted}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what can make a long text from a short one."""
        raise SecurityError(f"a template may not use {operator}")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As in Jinja2's sandbox, without methods that make text as long as asked."""
        if isinstance(obj, str) and attr in _GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or method, and count it: macros can call themselves."""
        _step()
        return super().call(context, obj, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Make every loop of the template count its turns."""
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(
                loop.iter, "counted", [], [], None, None, lineno=loop.lineno, environment=self
            )
        return tree


def environment(folder: Path, *, html: bool) -> Sandbox:
    """The environment for the templates of one folder; `html` escapes every value.

    Escaping does not depend on the file's name: Jinja2's own choice by name
    leaves "body.html.j2" unescaped.
    """
    return Sandbox(folder, html=html)


def render(sandbox: ImmutableSandboxedEnvironment, name: str, values: Mapping[str, Any]) -> str:
    """Render one template. Raises TemplateFault, also for too many steps or characters."""
    token = _steps.set([0])
    try:
        return _write(sandbox, name, values)
    except Exception as error:
        raise _fault(error, name) from error
    finally:
        _steps.reset(token)


def _write(sandbox: ImmutableSandboxedEnvironment, name: str, values: Mapping[str, Any]) -> str:
    pieces: list[str] = []
    length = 0
    for piece in sandbox.get_template(name).generate(values):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_CHARACTERS:
            raise SecurityError(f"it writes more than {MOST_CHARACTERS:,} characters")
    return "".join(pieces)


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _step()
        yield value


def _step() -> None:
    steps = _steps.get()
    steps[0] += 1
    if steps[0] > MOST_STEPS:
        raise SecurityError(f"it takes more than {MOST_STEPS:,} steps")


def _fault(error: Exception, name: str) -> TemplateFault:
    """The file and line at which rendering stopped: the template's own, or one it includes."""
    reason = str(error).rstrip(".") or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        return TemplateFault(error.name or name, error.lineno, reason)
    if isinstance(error, TemplateNotFound):
        return TemplateFault(name, None, f"there is no template {error.name}")
    file, line, trace = name, None, error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.endswith(".j2"):
            file, line = Path(path).name, trace.tb_lineno
        trace = trace.tb_next
    return TemplateFault(file, line, reason)
