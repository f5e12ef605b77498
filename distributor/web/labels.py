"""The words and tones in which pages show states, kinds of channel and languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from distributor.targets import label_of

_STATES = {
    # statements
    "waiting_approval": "waiting for approval",
    "changes_asked": "changes asked",
    "approved": "approved",
    "delivering": "being sent",
    "delivered": "sent",
    "attention": "needs attention",
    "withdrawing": "being withdrawn",
    "withdrawn": "withdrawn",
    # deliveries and posts
    "waiting": "waiting",
    "running": "sending",
    "sent": "sent",
    "unsure": "unsure",
    "refused": "refused",
    "gave_up": "gave up",
    "held": "held",
    # campaigns
    "draft": "draft",
    "scheduled": "scheduled",
    "paused": "paused",
    "cancelled": "cancelled",
    "finished": "sent",
}

_DONE = {
    ("edit", "sent"): "changed",
    ("keep", "sent"): "unchanged",
    ("remove", "withdrawn"): "removed",
}

_TONES = {
    "good": {"delivered", "sent", "finished"},
    "busy": {"approved", "delivering", "withdrawing", "running", "scheduled"},
    "bad": {"attention", "unsure", "refused", "gave_up", "held", "cancelled"},
    "ask": {"waiting_approval", "changes_asked"},
}


def channel(name: str, kind: str) -> str:
    """What people call a channel: its network, with its own name where there are several."""
    return label_of(name, kind, settings.CONFIGURATION)


def mailing_list(name: str) -> str:
    """The title of a list; its name when it is no longer configured."""
    table = settings.CONFIGURATION.lists.get(name)
    return table.title if table else name


def place(where: str) -> str:
    """The place of a finding for people: "en, paragraph 2" is "English, paragraph 2"."""
    head, comma, rest = where.partition(", ")
    named = language(head)
    return f"{named if named != head else head[:1].upper() + head[1:]}{comma}{rest}"


def state(name: str) -> str:
    """A state in words."""
    return _STATES.get(name, name.replace("_", " "))


def post(act: str, name: str) -> str:
    """The state of a post in words: what a correction did to it, once that is done."""
    return _DONE.get((act, name)) or state(name)


def overall(status: Mapping[str, Any]) -> str:
    """The state of a statement, for `state` and `tone`: what is being taken down is not sent."""
    if status["is_withdrawn"] and status["state"] == "delivering":
        return "withdrawing"
    return str(status["state"])


def tone(name: str) -> str:
    """How a state is coloured: good, busy, bad, ask or calm."""
    return next((tone for tone, states in _TONES.items() if name in states), "calm")


def language(tag: str) -> str:
    """The English name of a language (BCP 47); the tag itself when it is not known."""
    try:
        return str(get_language_info(tag.lower())["name"])
    except KeyError:
        return tag


def initials(name: str) -> str:
    """One or two letters that stand in for a picture; "for" and "of" do not count."""
    words = name.split()
    telling = [word for word in words if not word[0].islower()] or words
    return "".join(word[0] for word in telling[:2]).upper() or "?"


def plural(number: int, one: str, many: str | None = None) -> str:
    """ "1 post", "2 posts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
