"""Correcting what is public: the verb, its round of approval, and what goes on its way then."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from distributor import actions, corrections, vault
from distributor.approvals import proofing
from distributor.approvals.models import Approval, Proof
from distributor.audit.models import Entry
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.delivery import ledger, standing, status
from distributor.delivery.models import Act, Delivery, Job, Post, State
from distributor.errors import BadInput, BadState, NotAllowed
from distributor.newsletter.models import (
    Campaign,
    CampaignState,
    Handover,
    Membership,
    Subscriber,
    Subscription,
)
from distributor.people.models import Person
from distributor.statements.models import Editorial, Statement
from distributor.statements.store import Origin
from tests.arriving import arrived

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
TEXT = "Water must come first\n\n3 June 2026\n\nFive rivers have run dry. We ask for help.\n"
BETTER = TEXT.replace("Five rivers", "Six rivers")
BEST = TEXT.replace("Five rivers", "Seven rivers")
LONG = TEXT + "".join(f"\nThis is paragraph {n}, and there is more.\n" for n in range(12))

pytestmark = pytest.mark.django_db


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Three channels that are never asked, a list, and a clock that stands at noon."""
    configuration = parse(
        {
            "organisation": {"name": "Water for All", "site": "https://water.example"},
            "storage": {"directory": str(tmp_path)},
            "channels": {
                "x": {"kind": "x", "account": "water"},
                "bluesky": {"kind": "bluesky", "handle": "water.example"},
                "mastodon": {"kind": "mastodon", "instance": "https://m.example"},
            },
            "mail": {"from": "water@water.example"},
            "lists": {"press": {"title": "Press"}},
        }
    )
    vault.create(tmp_path)
    return Context(configuration, vault.load(tmp_path), packaged("templates"), now=lambda: NOON)


@pytest.fixture(autouse=True)
def people() -> dict[str, Person]:
    """Ana and Cleo write, Ben and Cora approve."""
    roles = {"Ana": "author", "Cleo": "author", "Ben": "approver", "Cora": "approver"}
    return {name: Person.objects.create_user(name, role=role) for name, role in roles.items()}


@pytest.fixture
def readers(context: Context) -> list[Subscription]:
    """Three who get the list."""
    return [subscribe(context, number) for number in range(3)]


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


@pytest.fixture
def published(context: Context, people: dict[str, Person], readers: object) -> Statement:
    """A statement of Ana's that Ben approved and everybody has."""
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    return arrived(statement)


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


def test_a_correction_waits_for_an_approval_of_its_own(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    first = proofing.current(published)
    proof = correct(context, published, people["Cleo"])
    assert (published.state, proof["purpose"]) == (Editorial.WAITING_APPROVAL, "correction")
    assert state(context, published) == "waiting_approval"
    assert Delivery.objects.count() == 3  # nothing is on its way
    assert ("Cleo", "correct") in set(Entry.objects.values_list("actor", "act"))
    assert first and first.digest != proof["digest"]


def test_what_was_approved_for_the_first_round_stays_approved(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    actions.ask_for_changes(context, published.pk, person=people["Ben"], note="Which river?")
    actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    [approval] = Approval.objects.all()
    assert approval.voided_at is None and approval.proof.round == 1


def test_who_corrects_is_an_author_for_good_and_may_not_approve(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    digest = correct(context, published, people["Ben"])["digest"]
    with pytest.raises(NotAllowed, match="Ben wrote this statement or edited it"):
        actions.approve(context, published.pk, person=people["Ben"], digest=digest)
    actions.approve(context, published.pk, person=people["Cora"], digest=digest)


def test_the_digest_of_the_first_proof_does_not_approve_the_correction(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    old = proofing.current(published)
    assert old
    correct(context, published, people["Ana"])
    with pytest.raises(BadState, match="not that of the current proof"):
        actions.approve(context, published.pk, person=people["Cora"], digest=old.digest)


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
        corrections.settle_by_sending(
            context, published.pk, person=people["Ben"], channel="x", position=1
        )
    assert not Job.objects.filter(kind="thread").exclude(due=None).exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"delivery": State.RUNNING}, "still going out. Wait"),
        ({"delivery": State.WAITING}, "still going out. Wait"),
        ({"post": State.UNSURE, "delivery": State.UNSURE}, "not known what has gone out"),
        ({"post": State.RUNNING, "delivery": State.HELD}, "not known what has gone out"),
        ({"campaign": CampaignState.RUNNING}, "still going out. Wait"),
        ({"campaign": CampaignState.PAUSED}, "not known what has gone out"),
        ({"recipient": Handover.UNSURE}, "not known what has gone out"),
    ],
)
def test_nothing_is_corrected_before_it_is_at_rest(
    context: Context, people: dict[str, Person], published: Statement, changes: Any, told: str
) -> None:
    delivery, campaign = published.deliveries.get(channel="x"), published.campaigns.get()
    if "delivery" in changes:
        ledger.set_state(delivery, changes["delivery"], "")
    if "post" in changes:
        delivery.posts.update(state=changes["post"])
    if "campaign" in changes:
        Campaign.objects.update(state=changes["campaign"])
    if "recipient" in changes:
        campaign.recipients.update(state=changes["recipient"])
    with pytest.raises(BadState, match=told):
        actions.correct(context, published.pk, BETTER.encode(), author=people["Ana"])
    published.refresh_from_db()
    assert (published.state, published.round) == (Editorial.APPROVED, 1)


def test_before_anything_left_revise_is_named(context: Context, people: dict[str, Person]) -> None:
    statement = submit(context, people["Ana"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])
    approve(context, statement, people["Ben"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])


def test_what_arrived_nowhere_has_nothing_to_correct(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    Post.objects.update(state=State.REFUSED, attempts=1)
    Delivery.objects.update(state=State.REFUSED)
    Campaign.objects.update(state=CampaignState.FINISHED)
    with pytest.raises(BadState, match="arrived anywhere"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])


def test_after_something_left_revise_names_correct(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    with pytest.raises(BadState, match="Use `distributor correct"):
        actions.revise(context, published.pk, BETTER.encode(), author=people["Ana"])


def test_the_wording_it_has_already_is_refused(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    with pytest.raises(BadInput, match="nothing was changed"):
        actions.correct(context, published.pk, TEXT.encode(), author=people["Ana"])


def test_a_correction_that_is_not_approved_yet_can_be_revised_but_not_corrected(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, published.pk, BEST.encode(), author=people["Ana"])
    actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    proof = proofing.as_json(actions.make_proof(context, published.pk))
    assert "Seven rivers" in on(proof, "x")["posts"][0]["text"]


def test_the_approval_of_a_correction_can_be_taken_back_before_anything_left(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    assert Delivery.objects.count() == 6
    actions.withdraw_approval(context, published.pk, person=people["Ben"], why="not yet")
    published.refresh_from_db()
    assert (published.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 3)
    assert Campaign.objects.count() == 1
    assert Approval.objects.filter(voided_at=None).get().proof.round == 1
    approve(context, published, people["Ben"])
    assert Delivery.objects.count() == 6


def test_a_correction_that_has_begun_can_be_neither_revised_nor_taken_back(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    Post.objects.filter(act=Act.EDIT).update(attempts=1)
    with pytest.raises(BadState, match="has begun to go out"):
        actions.withdraw_approval(context, published.pk, person=people["Ben"], why="no")
    with pytest.raises(BadState, match="has begun to go out"):
        actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    assert Delivery.objects.count() == 6


def test_a_second_correction_tells_what_is_new_since_the_first_under_the_same_post(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    heads = {d.channel: d.posts.get().remote_id for d in Delivery.objects.all()}
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    arrived(published)
    proof = correct(context, published, people["Ana"], BEST)
    assert on(proof, "x")["replies_to"]["id"] == heads["x"]
    assert "Seven rivers" in on(proof, "x")["posts"][0]["text"]
    (post,) = on(proof, "mastodon")["posts"]
    assert (post["act"], post["replaces"]["id"]) == ("edit", heads["mastodon"])
    assert "Six rivers" in post["was"]
    assert "“Water must come first”" in proof["mail"][0]["text"]
    approve(context, published, people["Ben"])
    arrived(published)
    assert state(context, published) == "delivered"
    assert [d.corrects_id for d in Delivery.objects.filter(channel="x").order_by("pk")] == [
        None,
        *[Delivery.objects.filter(channel="x").earliest("pk").pk] * 2,
    ]


def test_a_correction_that_came_only_half_way_is_told_again_by_the_next(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    arrived(published)
    refused = Delivery.objects.filter(channel="x").latest("pk")
    refused.posts.update(state=State.REFUSED, remote_id=None)
    ledger.set_state(refused, State.REFUSED, "X does not let this account reply here.")
    longer = BETTER.replace("We ask for help.", "We ask for help now.")
    proof = correct(context, published, people["Ana"], longer)
    assert "Six rivers" in on(proof, "x")["posts"][0]["text"]
    assert "Six rivers" not in on(proof, "bluesky")["posts"][0]["text"]


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


def standing_posts(statement: Statement, channel: str) -> list[str]:
    """The ids of what stands there for the next round."""
    statement.round += 1
    found = standing.published(statement)
    statement.round -= 1
    assert found
    return [post.id for post in found.threads[channel].posts]


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


def test_the_same_words_twice_on_x_are_found_before_they_are_sent(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    for text in (BETTER, TEXT):
        correct(context, published, people["Ana"], text)
        approve(context, published, people["Ben"])
        arrived(published)
    proof = correct(context, published, people["Ana"], BETTER)
    kinds = {(each["where"], each["severity"], each["kind"]) for each in proof["findings"]}
    assert ("X, post 1", "block", "published before") in kinds


def test_the_approved_bytes_name_what_is_changed_and_what_is_replied_to(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    content = json.loads(bytes(approve(context, published, people["Ben"]).content))
    x, _, mastodon = content["threads"]
    assert content["purpose"] == "correction"
    assert x["replies_to"]["id"].startswith("x-") and "replaces" in mastodon["posts"][0]


def refuse(statement: Statement, channel: str) -> Post:
    """The newest thread on a channel stops at its first post that is not done."""
    delivery = statement.deliveries.filter(channel=channel).latest("pk")
    post = delivery.posts.filter(state=State.WAITING).earliest("position")
    delivery.posts.filter(pk=post.pk).update(state=State.REFUSED)
    ledger.set_state(delivery, State.REFUSED, "The post is no longer there.")
    return post


def settle_as_gone(context: Context, statement: Statement, person: Person, post: Post) -> None:
    """A person says so."""
    corrections.settle_as_gone(
        context,
        statement.pk,
        person=person,
        channel=post.delivery.channel,
        position=post.position,
    )


def test_a_post_that_is_gone_is_left_and_the_others_are_corrected(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"], LONG)
    approve(context, statement, people["Ben"])
    arrived(statement)
    there = standing_posts(statement, "mastodon")
    correct(context, statement, people["Ana"], LONG.replace("there is", "there was"))
    approve(context, statement, people["Ben"])
    gone = refuse(statement, "mastodon")
    settle_as_gone(context, statement, people["Ben"], gone)
    gone.delivery.refresh_from_db()
    assert gone.delivery.state == State.WAITING
    assert Job.objects.get(key=f"thread:{gone.delivery.pk}").due
    arrived(statement)
    assert state(context, statement) == "delivered"
    assert standing_posts(statement, "mastodon") == [id for id in there if id != gone.remote_id]


def test_a_thread_that_is_gone_gets_no_further_correction(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    settle_as_gone(context, published, people["Ben"], refuse(published, "x"))
    arrived(published)
    proof = correct(context, published, people["Ana"], BEST)
    assert "x" not in [each["channel"] for each in proof["channels"]]


def test_a_post_that_is_to_stand_is_not_settled_as_gone(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    with pytest.raises(BadState, match="its posts are to stand"):
        settle_as_gone(context, statement, people["Ben"], refuse(statement, "x"))


def test_an_edit_is_settled_as_made_only_with_the_post_it_changes(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    post = refuse(published, "mastodon")
    post.remote_id, post.url = "77", "https://m.example/@water/77"
    post.save()

    def settle(where: str) -> None:
        corrections.settle_as_sent(
            context, published.pk, person=people["Ben"], channel="mastodon", position=1, where=where
        )

    with pytest.raises(BadInput, match="not the post that is to be changed"):
        settle("https://m.example/@water/78")
    settle("https://m.example/@water/77")
    post.refresh_from_db()
    assert (post.state, post.remote_id) == (State.SENT, "77")
