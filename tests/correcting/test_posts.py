"""What goes on its way to correct a statement: edits, replies, removals, and a mail."""

from __future__ import annotations

import json

import pytest

from distributor import actions
from distributor.context import Context
from distributor.delivery import ledger
from distributor.delivery.models import Act, Delivery, Job, State
from distributor.errors import BadState
from distributor.newsletter.models import Campaign, Handover, Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.arriving import arrived
from tests.correcting.rounds import (
    BETTER,
    LONG,
    TEXT,
    approve,
    correct,
    on,
    standing_posts,
    state,
    submit,
    subscribe,
)

pytestmark = pytest.mark.django_db


def test_an_approved_correction_edits_replies_and_mails(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    heads = {d.channel: d.posts.get().remote_id for d in Delivery.objects.all()}
    proof = correct(context, published, people["Ana"])
    assert on(proof, "mastodon")["posts"][0]["replaces"]["id"] == heads["mastodon"]
    for channel in ("x", "bluesky"):
        assert on(proof, channel)["replies_to"]["id"] == heads[channel]
    approve(context, published, people["Ben"])
    acts = {
        d.channel: [(p.act, p.remote_id) for p in d.posts.all()]
        for d in Delivery.objects.exclude(corrects=None)
    }
    assert acts == {
        "x": [(Act.PUBLISH, None)],
        "bluesky": [(Act.PUBLISH, None)],
        "mastodon": [(Act.EDIT, heads["mastodon"])],
    }
    purposes = Campaign.objects.order_by("pk").values_list("purpose", flat=True)
    assert list(purposes) == ["statement", "correction"]
    assert state(context, published) == "approved"
    arrived(published)
    assert state(context, published) == "delivered"


def test_the_correction_is_mailed_to_exactly_those_who_got_the_first(
    context: Context, people: dict[str, Person], published: Statement, readers: list[Subscription]
) -> None:
    first = published.campaigns.get()
    first.recipients.filter(subscription=readers[0]).update(state=Handover.REFUSED)
    first.recipients.filter(subscription=readers[1]).update(state=Handover.SKIPPED)
    subscribe(context, 9)
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    mailed = published.campaigns.get(purpose="correction").recipients
    assert set(mailed.values_list("subscription_id", flat=True)) == {readers[1].pk, readers[2].pk}


def test_where_nothing_was_sent_nothing_is_corrected(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    refused = Delivery.objects.get(channel="x")
    refused.posts.update(state=State.REFUSED, remote_id=None)
    ledger.set_state(refused, State.REFUSED, "The X account is out of credit.")
    assert state(context, published) == "attention"
    proof = correct(context, published, people["Ana"])
    assert [each["channel"] for each in proof["channels"]] == ["bluesky", "mastodon"]
    approve(context, published, people["Ben"])
    assert state(context, arrived(published)) == "delivered"


def test_what_was_refused_cannot_be_sent_in_the_old_wording_any_more(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    refused = Delivery.objects.get(channel="x")
    refused.posts.update(state=State.REFUSED, remote_id=None)
    ledger.set_state(refused, State.REFUSED, "The X account is out of credit.")
    correct(context, published, people["Ana"])
    with pytest.raises(BadState, match="Nothing of statement"):
        actions.settle_by_sending(
            context, published.pk, person=people["Ben"], channel="x", position=1
        )
    assert not Job.objects.filter(kind="thread").exclude(due=None).exists()


def test_posts_are_added_and_removed_where_the_thread_changes_its_length(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    head = Delivery.objects.get(channel="mastodon").posts.get().remote_id
    correct(context, published, people["Ana"], LONG)
    approve(context, published, people["Ben"])
    longer = Delivery.objects.filter(channel="mastodon").latest("pk")
    acts = list(longer.posts.values_list("act", flat=True))
    assert acts[0] == Act.EDIT and set(acts[1:]) == {Act.PUBLISH} and len(acts) > 1
    arrived(published)
    there = standing_posts(published, "mastodon")
    assert there[0] == head and len(there) == len(acts)
    proof = on(correct(context, published, people["Ana"], BETTER), "mastodon")
    assert [each["id"] for each in proof["removes"]] == there[1:]
    approve(context, published, people["Ben"])
    arrived(published)
    assert standing_posts(published, "mastodon") == [head]
    assert state(context, published) == "delivered"


def test_a_post_that_reads_the_same_is_left_alone(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"], LONG)
    approve(context, statement, people["Ben"])
    arrived(statement)
    changed = LONG.replace("paragraph 11, and there is", "paragraph 11, and there was")
    proof = on(correct(context, statement, people["Ana"], changed), "mastodon")
    assert [post["act"] for post in proof["posts"]][-1] == "edit"
    assert "keep" in {post["act"] for post in proof["posts"]}
    approve(context, statement, people["Ben"])
    delivery = Delivery.objects.filter(channel="mastodon").latest("pk")
    for post in delivery.posts.filter(act=Act.KEEP):
        assert (post.state, post.attempts) == (State.SENT, 0) and post.url and post.sent_at
    waiting = delivery.posts.filter(state=State.WAITING).values_list("act", flat=True)
    assert set(waiting) == {Act.EDIT}


def test_a_date_alone_changes_no_post_but_the_mail(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    dated = TEXT.replace("3 June 2026", "2 June 2026")
    proof = correct(context, published, people["Ana"], dated)
    assert [post["act"] for post in on(proof, "mastodon")["posts"]] == ["keep"]
    assert on(proof, "x")["posts"] == []
    approve(context, published, people["Ben"])
    assert Delivery.objects.count() == 3
    assert published.campaigns.filter(purpose="correction").count() == 1


def test_a_channel_that_was_added_since_gets_nothing(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    Delivery.objects.get(channel="bluesky").posts.all().delete()
    Delivery.objects.filter(channel="bluesky").delete()
    proof = correct(context, published, people["Ana"])
    assert "bluesky" not in [each["channel"] for each in proof["channels"]]


def test_the_approved_bytes_name_what_is_changed_and_what_is_replied_to(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    content = json.loads(bytes(approve(context, published, people["Ben"]).content))
    x, _, mastodon = content["threads"]
    assert content["purpose"] == "correction"
    assert x["replies_to"]["id"].startswith("x-") and "replaces" in mastodon["posts"][0]
