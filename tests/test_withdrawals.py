"""Withdrawing: who may, what is stopped, who is told, and what is never possible afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from distributor import actions
from distributor.approvals import proofing
from distributor.approvals.models import Approval, Proof
from distributor.audit.models import Entry
from distributor.delivery.models import Delivery, Job
from distributor.delivery.status import status
from distributor.errors import BadInput, BadState, NotAllowed
from distributor.newsletter.models import Campaign, Recipient, Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin
from distributor.statements.values import canonical_json
from tests.delivery.published import READERS, TEXT, Published, publish

pytestmark = pytest.mark.django_db
ANOTHER = TEXT + b"\nWe stand with everyone who carries water home.\n"


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """A statement that is out on X, and that three readers had by mail."""
    return publish(tmp_path)


@pytest.fixture
def waiting(published: Published) -> Published:
    """It, as if it had been approved a moment ago: nothing has left."""
    published.delivery.posts.update(
        state="waiting", attempts=0, remote_id=None, url=None, sent_at=None
    )
    Delivery.objects.update(state="waiting")
    Recipient.objects.update(state="waiting", attempts=0)
    Campaign.objects.update(state="scheduled")
    Job.objects.filter(kind__in=("thread", "mail")).update(due=published.clock.at)
    return published


def withdraw(
    published: Published, person: Person | None = None, why: str = "It is wrong."
) -> actions.Withdrawal:
    return actions.withdraw(
        published.context, published.statement.pk, person=person or published.ben, why=why
    )


def notice(published: Published) -> Campaign:
    return published.statement.campaigns.get(purpose="withdrawal")


def readers(campaign: Campaign) -> set[str]:
    found = campaign.recipients.values_list("subscription__subscriber__address_index", flat=True)
    return set(found)


def shown(published: Published) -> str:
    report = status(published.context.configuration.directory, published.statement.pk)
    state: str = report["statements"][0]["state"]
    return state


def test_only_an_approver_or_admin_withdraws(published: Published) -> None:
    cleo = Person.objects.create_user("Cleo", role="author")
    with pytest.raises(NotAllowed, match="Cleo may not withdraw"):
        withdraw(published, cleo)
    assert not Job.objects.filter(kind="removal").exists()


def test_an_approver_who_wrote_it_may_withdraw_it(published: Published) -> None:
    Person.objects.filter(name="Ana").update(role="approver")
    withdraw(published, Person.objects.get(name="Ana"))
    assert published.delivery.state == "waiting"


@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_withdrawal_needs_a_reason(published: Published, why: str) -> None:
    with pytest.raises(BadInput, match="Say why"):
        withdraw(published, why=why)


def test_the_reason_is_on_record_and_in_nothing_that_leaves(published: Published) -> None:
    withdraw(published, why="The figure of 47 is wrong.")
    entry = Entry.objects.get(act="withdraw")
    assert entry.actor == "Ben" and "The figure of 47 is wrong." in json.dumps(entry.detail)
    assert "The figure" not in bytes(notice(published).proof.content).decode()


def test_it_is_withdrawn_only_when_nothing_stands_and_all_are_told(published: Published) -> None:
    withdraw(published)
    assert shown(published) == "delivering"
    published.work()
    assert shown(published) == "delivering"  # the readers are not told yet
    Campaign.objects.filter(purpose="withdrawal").update(state="finished")
    assert shown(published) == "withdrawn"


def test_a_post_that_stands_or_a_notice_that_stopped_needs_attention(published: Published) -> None:
    withdraw(published)
    Campaign.objects.filter(purpose="withdrawal").update(state="paused")
    assert shown(published) == "attention"
    Campaign.objects.filter(purpose="withdrawal").update(state="finished")
    Delivery.objects.update(state="refused")
    assert shown(published) == "attention"


def test_what_nobody_knows_of_the_first_mails_needs_nobody_any_more(published: Published) -> None:
    Recipient.objects.update(state="unsure")
    withdraw(published)
    published.work()
    Campaign.objects.filter(purpose="withdrawal").update(state="finished")
    assert shown(published) == "withdrawn"


def test_before_anything_left_nothing_is_removed_and_nobody_told(waiting: Published) -> None:
    done = withdraw(waiting)
    assert (done.posts, done.readers, done.untold) == (0, 0, ())
    assert shown(waiting) == "withdrawn" and set(waiting.states) == {"withdrawn"}
    assert not Job.objects.filter(due__isnull=False).exclude(kind="render").exists()
    assert Approval.objects.get().voided_at


def test_the_approval_of_what_went_out_stands(published: Published) -> None:
    withdraw(published)
    assert len(proofing.standing(published.statement)) == 1


@pytest.mark.parametrize(("state", "is_told"), [("sent", True), ("unsure", True), ("running", True),
    ("skipped", True), ("waiting", False), ("refused", False), ("suppressed", False)])  # fmt: skip
def test_whoever_may_have_the_mail_is_told_once(
    published: Published, state: str, is_told: bool
) -> None:
    dana = Recipient.objects.filter(subscription__subscriber__address_index="dana")
    dana.update(state=state)
    Campaign.objects.update(state="running")
    withdraw(published)
    assert readers(notice(published)) == {*READERS} - ({"dana"} if not is_told else set())


def test_whoever_left_the_list_is_not_written_to(published: Published) -> None:
    Subscription.objects.filter(subscriber__address_index="eli").update(state="unsubscribed")
    withdraw(published)
    assert readers(notice(published)) == {"dana", "fay"}


def test_a_campaign_under_way_is_cancelled_and_its_worker_fenced_off(published: Published) -> None:
    first = published.statement.campaigns.get()
    Campaign.objects.update(state="running")
    Recipient.objects.filter(pk=first.recipients.all()[0].pk).update(state="running")
    Job.objects.filter(key=f"mail:{first.pk}").update(due=published.clock.at, owner="worker")
    withdraw(published)
    first.refresh_from_db()
    assert first.state == "cancelled"
    assert first.recipients.filter(state="unsure").count() == 1
    job = Job.objects.get(key=f"mail:{first.pk}")
    assert (job.due, job.owner) == (None, None)


def test_readers_of_a_mail_without_a_notice_are_named_as_untold(published: Published) -> None:
    proof = Proof.objects.get()
    content = json.loads(bytes(proof.content))
    for mail in content["mails"]:
        del mail["notice"]
    Proof.objects.update(content=canonical_json(content))
    done = withdraw(published)
    assert (
        done.untold == ("updates",) and "Who had the mail to updates is not told" in done.sentence
    )
    assert not published.statement.campaigns.filter(purpose="withdrawal").exists()


def test_a_second_withdrawal_with_nothing_left_to_do_is_refused(published: Published) -> None:
    withdraw(published)
    with pytest.raises(BadState, match="was withdrawn already"):
        withdraw(published)
    assert published.statement.campaigns.filter(purpose="withdrawal").count() == 1


@pytest.mark.parametrize("where", ["published", "waiting"])
def test_a_withdrawn_statement_never_comes_back(request: pytest.FixtureRequest, where: str) -> None:
    published: Published = request.getfixturevalue(where)
    context, id, ben = published.context, published.statement.pk, published.ben
    ana = Person.objects.get(name="Ana")
    withdraw(published)
    digest = actions.make_proof(context, id).digest
    verbs: dict[str, Callable[[], object]] = {
        "revise": lambda: actions.revise(context, id, ANOTHER, author=ana),
        "correct": lambda: actions.correct(context, id, ANOTHER, author=ana),
        "translate": lambda: actions.submit(
            context, ANOTHER, author=ana, origin=Origin("test"), language="de", translation_of=id
        ),
        "approve": lambda: actions.approve(context, id, person=ben, digest=digest),
        "ask for changes": lambda: actions.ask_for_changes(context, id, person=ben, note="no"),
        "take the approval back": lambda: actions.withdraw_approval(
            context, id, person=ben, why="no"
        ),
        "edit": lambda: actions.edit_post(
            context, id, person=ana, channel="x", position=1, text="Now.", digest=digest
        ),
        "choose": lambda: actions.choose_mode(context, id, person=ana, channel="x", mode="single"),
        "send": lambda: actions.settle_by_sending(context, id, person=ben, channel="x", position=1),
        "mail": lambda: actions.settle_mail(context, id, person=ben, list="updates", resend=True),
    }
    for name, verb in verbs.items():
        with pytest.raises((BadState, BadInput)):
            verb()
        assert Statement.objects.get(pk=id).state == "withdrawn", name
    assert not Job.objects.filter(kind="thread", due__isnull=False).exists()


def test_the_same_text_can_be_handed_in_as_a_new_statement(published: Published) -> None:
    withdraw(published)
    again = actions.submit(published.context, TEXT, author=None, origin=Origin("test"))
    assert again.is_new and again.statement.pk != published.statement.pk
    proof = actions.make_proof(published.context, again.statement.pk)
    assert not [one for one in proof.findings if one["kind"] == "published before"]


def test_a_post_that_is_to_stand_is_not_noted_as_gone(published: Published) -> None:
    published.delivery.posts.filter(position=2).update(state="unsure")
    Delivery.objects.update(state="unsure")
    with pytest.raises(BadState, match="is not withdrawn"):
        actions.settle_as_gone(
            published.context, published.statement.pk, person=published.ben, channel="x", position=2
        )


def test_a_post_that_is_being_removed_needs_no_person(published: Published) -> None:
    withdraw(published)
    with pytest.raises(BadState, match="needs that"):
        actions.settle_as_gone(
            published.context, published.statement.pk, person=published.ben, channel="x", position=1
        )


def test_while_halted_the_team_is_told_that_it_waits(published: Published) -> None:
    actions.halt(published.context, by="Ana", why="wait")
    withdraw(published)
    assert "halted" in published.delivery.reason


def test_a_late_post_that_a_person_lets_go_is_not_held_again(waiting: Published) -> None:
    Delivery.objects.update(state="held", reason="it was due long ago")
    actions.settle_by_sending(
        waiting.context, waiting.statement.pk, person=waiting.ben, channel="x", position=1
    )
    delivery = waiting.delivery
    assert (delivery.state, bool(delivery.reason)) == ("waiting", True)
