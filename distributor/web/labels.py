"""The words and tones in which pages show states, kinds of channel and languages."""

from __future__ import annotations

from django.utils.translation import get_language_info

_KINDS = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon"}

_STATES = {
    # statements
    "waiting_approval": "waiting for approval",
    "changes_asked": "changes asked",
    "approved": "approved",
    "delivering": "being sent",
    "delivered": "sent",
    "attention": "needs attention",
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

_TONES = {
    "good": {"delivered", "sent", "finished"},
    "busy": {"approved", "delivering", "running", "scheduled"},
    "bad": {"attention", "unsure", "refused", "gave_up", "held", "cancelled"},
    "ask": {"waiting_approval", "changes_asked"},
}


def kind(name: str) -> str:
    """The name of a network, as it writes itself."""
    return _KINDS.get(name, name)


def state(name: str) -> str:
    """A state in words."""
    return _STATES.get(name, name.replace("_", " "))


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
