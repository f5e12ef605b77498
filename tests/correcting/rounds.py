"""A statement and its corrections, from the text to what is on its way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from distributor import actions
from distributor.approvals import proofing
from distributor.approvals.models import Proof
from distributor.context import Context
from distributor.delivery import ledger, standing, status
from distributor.delivery.models import Post, State
from distributor.newsletter.models import Membership, Subscriber, Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
TEXT = "Water must come first\n\n3 June 2026\n\nFive rivers have run dry. We ask for help.\n"
BETTER = TEXT.replace("Five rivers", "Six rivers")
BEST = TEXT.replace("Five rivers", "Seven rivers")
LONG = TEXT + "".join(f"\nThis is paragraph {n}, and there is more.\n" for n in range(12))


def submit(context: Context, author: Person, text: str = TEXT) -> Statement:
    """Hand a text in."""
    return actions.submit(context, text.encode(), author=author, origin=Origin("test")).statement


def approve(context: Context, statement: Statement, person: Person) -> Proof:
    """Approve the current proof."""
    proof = actions.make_proof(context, statement.pk)
    actions.approve(context, statement.pk, person=person, digest=proof.digest)
    statement.refresh_from_db()
    return proof


def correct(
    context: Context, statement: Statement, author: Person, text: str = BETTER
) -> dict[str, Any]:
    """Correct it; the proof as people see it."""
    actions.correct(context, statement.pk, text.encode(), author=author)
    statement.refresh_from_db()
    return proofing.as_json(actions.make_proof(context, statement.pk))


def on(proof: dict[str, Any], channel: str) -> dict[str, Any]:
    """One channel of a proof."""
    (found,) = [each for each in proof["channels"] if each["channel"] == channel]
    return dict(found)


def state(context: Context, statement: Statement) -> str:
    """The one word for it."""
    report = status.status(context.configuration.directory, statement.pk)
    return str(report["statements"][0]["state"])


def standing_posts(statement: Statement, channel: str) -> list[str]:
    """The ids of what stands there for the next round."""
    statement.round += 1
    found = standing.published(statement)
    statement.round -= 1
    assert found
    return [post.id for post in found.threads[channel].posts]


def refuse(statement: Statement, channel: str) -> Post:
    """The newest thread on a channel stops at its first post that is not done."""
    delivery = statement.deliveries.filter(channel=channel).latest("pk")
    post = delivery.posts.filter(state=State.WAITING).earliest("position")
    delivery.posts.filter(pk=post.pk).update(state=State.REFUSED)
    ledger.set_state(delivery, State.REFUSED, "The post is no longer there.")
    return post


def subscribe(context: Context, number: int) -> Subscription:
    """One more who gets the list."""
    subscriber = Subscriber.objects.create(
        address=context.vault.seal(f"{number}@example.org"),
        address_index=f"{number}",
        created_at=NOON,
    )
    return Subscription.objects.create(
        subscriber=subscriber,
        list="press",
        state=Membership.CONFIRMED,
        token_hash=f"{number}",
        requested_at=NOON,
    )
