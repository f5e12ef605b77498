"""The sandbox's pages, from the templates in `templates/sandbox/`."""

from __future__ import annotations

import functools
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..config import packaged
from .messages import Request, Response

_ASSETS = {"style.css": "text/css", "live.js": "text/javascript"}


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(packaged("templates") / "sandbox"),
        autoescape=True,  # the text shown comes from anywhere
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render one page."""
    return Response.html(_environment().get_template(template).render(**values), status)


def asset(request: Request, name: str) -> Response:
    """The style sheet or the script."""
    if name not in _ASSETS:
        return Response(404)
    content = (packaged("templates") / "sandbox" / name).read_bytes()
    return Response(200, content, {"Content-Type": f"{_ASSETS[name]}; charset=utf-8"})
