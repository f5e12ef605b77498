"""What must be true of the world after a delivery, whatever happened on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from tests.acceptance.world import World

SCHEMAS = Path(__file__).with_name("schemas")


def require_exactly_once(world: World, proof: Any, status: Any) -> None:
    """Every approved post stands there once, in order, under its parent; the ledger knows it."""
    for approved in proof["channels"]:
        name = approved["channel"]
        texts = [post["text"] for post in approved["posts"]]
        assert world.texts(name) == texts
        assert world.parents(name) == [None, *range(len(texts) - 1)]
        delivery = next(one for one in status["deliveries"] if one["channel"] == name)
        posts = delivery["posts"]
        assert [post["id"] for post in posts] == [post.id for post in world.networks[name].seen()]
        assert delivery["state"] == "sent"


def require_mailed_or_unsure(world: World, status: Any, readers: int) -> None:
    """Nobody got two mails, nobody is forgotten, and a doubt is named."""
    campaign = status["campaigns"][0]
    assert campaign["state"] == "finished"
    assert campaign["recipients"] == readers
    assert campaign["sent"] + campaign["unsure"] + campaign["suppressed"] == readers
    received = world.recipients()
    assert len(received) == len(set(received))
    assert campaign["sent"] <= len(received) <= campaign["sent"] + campaign["unsure"]


def require_shape(document: Any, name: str) -> None:
    """Fail unless the document fits our schema."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(document)
