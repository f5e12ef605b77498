"""How pages are made: Jinja2 with escaping always on, and what every page may use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from distributor.delivery import switch
from distributor.rendering.languages import direction

from . import labels
from .moments import show_clock, show_date, show_moment


def environment(**options: Any) -> Environment:
    """Django's Jinja2 environment; escapes whatever the name of the template."""
    made = Environment(
        **{**options, "autoescape": True, "undefined": StrictUndefined},
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(url=_url, static=static, htmx="django_htmx/htmx-2.min.js", labels=labels)
    made.tests["web_address"] = _is_web_address
    made.filters.update(
        moment=_shown_by(show_moment),
        clock=_shown_by(show_clock),
        instant=dt.datetime.fromisoformat,
        date=show_date,
        direction=direction,
        initials=labels.initials,
    )
    return made


def common(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: who speaks, who is signed in, whether all is halted."""
    return {
        "organisation": settings.CONFIGURATION.organisation,
        "messages": lambda: get_messages(request),
        "halt": lambda: switch.reason(settings.CONFIGURATION.directory),
        "path": request.path,
    }


def _url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def _is_web_address(text: str | None) -> bool:
    """Whether a link may lead there: what a network answered could say javascript:."""
    return (text or "").startswith(("https://", "http://"))


def _shown_by(show: Callable[[dt.datetime, str], str]) -> Callable[[dt.datetime], Markup]:
    """A filter that adds the machine-readable form, so no one must guess the zone."""

    def shown(moment: dt.datetime) -> Markup:
        words = show(moment, settings.CONFIGURATION.organisation.timezone)
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), words)

    return shown
