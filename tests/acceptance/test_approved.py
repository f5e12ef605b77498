"""Nothing leaves that was not approved: edits, configuration, tampering, a second approver."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.expecting import require_exactly_once
from tests.acceptance.installation import TEXT, Installation
from tests.acceptance.world import World

X_ALONE = {"bluesky": None, "mastodon": None}
BETTER = TEXT.replace("47 villages", "48 villages")
SENT_NOTHING: dict[str, list[str]] = {"x": [], "bluesky": [], "mastodon": []}


def seen(world: World) -> dict[str, list[str]]:
    """What followers read, by channel."""
    return {channel: world.texts(channel) for channel in world.networks}


def change_database(installation: Installation, statement: str, *values: Any) -> None:
    """What somebody does who can write to the database file."""
    database = sqlite3.connect(installation.data / "distributor.sqlite3")
    with database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


def test_an_edit_voids_the_approval_and_takes_back_what_has_not_begun(
    fresh: Installation, world: World
) -> None:
    fresh.configure(approval={"undo": "1h"})
    statement = fresh.submit()
    fresh.approve(statement)
    assert len(fresh.status(statement)["deliveries"]) == 3
    fresh.run("revise", statement, fresh.write("better.txt", BETTER), "--as", "Cora")
    status = fresh.status(statement)
    assert (status["state"], status["deliveries"]) == ("waiting_approval", [])
    fresh.configure(approval={"undo": "0s"})
    fresh.deliver()
    assert seen(world) == SENT_NOTHING and world.mails() == []


def test_what_goes_out_after_an_edit_is_what_was_approved_last(
    fresh: Installation, world: World
) -> None:
    fresh.configure(approval={"undo": "1h"}, lists=None)
    statement = fresh.submit()
    old = fresh.approve(statement)
    fresh.run("revise", statement, fresh.write("better.txt", BETTER), "--as", "Ana")
    fresh.configure(approval={"undo": "0s"})
    assert fresh.json("proof", statement)["digest"] != old
    fresh.run("approve", statement, "--as", "Ben", "--digest", old, code=1)
    fresh.approve(statement)
    fresh.deliver()
    require_exactly_once(world, fresh.json("proof", statement), fresh.status(statement))
    assert "48 villages" in world.texts("x")[0]


def test_an_edit_is_refused_once_a_post_is_out(fresh: Installation, world: World) -> None:
    fresh.configure(channels=X_ALONE | {"x": {"per_hour": 2}}, lists=None)
    statement = fresh.submit()
    fresh.approve(statement)
    fresh.deliver_until(
        statement, lambda status: status["deliveries"][0]["reason"] == "the channel's cap"
    )
    assert len(world.texts("x")) == 2
    better = fresh.write("better.txt", BETTER)
    refused = fresh.run("revise", statement, better, "--as", "Ana", code=1)
    assert "has begun to go out; its wording can no longer be changed." in refused.stderr
    assert [post["state"] for post in fresh.status(statement)["deliveries"][0]["posts"]] == [
        "sent", "sent", "waiting", "waiting",
    ]  # fmt: skip


def test_two_approvals_are_of_two_persons(fresh: Installation, world: World) -> None:
    fresh.configure(approval={"approvals": 2}, channels=X_ALONE, lists=None)
    statement = fresh.submit()
    digest = fresh.approve(statement, "Ben")
    assert fresh.status(statement)["state"] == "waiting_approval"
    again = fresh.run("approve", statement, "--as", "Ben", "--digest", digest, code=1)
    assert "Another person is needed." in again.stderr
    fresh.deliver()
    assert world.texts("x") == []
    fresh.approve(statement, "Cora")
    fresh.deliver()
    assert len(world.texts("x")) == 4


def test_raising_the_number_of_approvals_holds_what_has_too_few(
    approved: Approve, world: World
) -> None:
    here = approved().here
    here.configure(approval={"approvals": 2})
    report = here.deliver(code=3)
    assert {one["state"] for one in report["statements"][0]["deliveries"]} == {"held"}
    assert seen(world) == SENT_NOTHING and world.mails() == []


CHANGES: dict[str, dict[str, Any]] = {
    "the organisation": {"organisation": {"name": "Fire for All", "hashtags": ["Fire"]}},
    "an account": {"channels": {"x": {"account": "fire"}}},
    "a channel that is gone": {"channels": {"x": None}},
    "a sender": {"mail": {"from": "Fire for All <news@fire.example>"}},
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_the_configuration_voids_an_approval_of_what_has_not_begun(
    approved: Approve, world: World, case: str
) -> None:
    begin = approved()
    begin.here.configure(**CHANGES[case])
    status = begin.here.deliver()["statements"][0]
    assert (status["state"], status["deliveries"], status["campaigns"]) == (
        "waiting_approval", [], [],
    )  # fmt: skip
    assert seen(world) == SENT_NOTHING and world.mails() == []
    assert begin.here.json("proof", begin.statement)["digest"] != begin.proof["digest"]


@pytest.fixture
def begun(fresh: Installation, world: World) -> str:
    """A statement of whose thread on X two posts are out, and nothing else yet."""
    fresh.configure(channels=X_ALONE, lists=None)
    statement = fresh.submit()
    fresh.approve(statement)
    world.add_fault("x", "POST /2/tweets", "status", code=403, after=2)
    fresh.deliver(code=3)
    assert len(world.texts("x")) == 2
    return statement


def test_what_has_begun_goes_out_as_approved_whatever_the_configuration_says_now(
    fresh: Installation, world: World, begun: str
) -> None:
    proof = fresh.json("proof", begun)
    fresh.configure(organisation={"name": "Fire for All", "hashtags": ["Fire"]})
    fresh.run("settle", begun, "x", "3", "--resend", "--as", "Ben")
    require_exactly_once(world, proof, fresh.deliver()["statements"][0])


def test_a_channel_that_speaks_for_another_account_in_mid_thread_is_held_until_put_right(
    fresh: Installation, world: World, begun: str
) -> None:
    fresh.configure(channels={"x": {"account": "fire"}})
    fresh.run("settle", begun, "x", "3", "--resend", "--as", "Ben")
    delivery = fresh.deliver(code=3)["statements"][0]["deliveries"][0]
    assert delivery["state"] == "held"
    assert "another account than approved" in delivery["reason"]
    assert len(world.texts("x")) == 2
    fresh.configure(channels={"x": {"account": "water"}})
    fresh.deliver()
    assert len(world.texts("x")) == 4


def test_credentials_of_another_account_send_nothing(fresh: Installation, world: World) -> None:
    fresh.configure(channels=X_ALONE | {"x": {"account": "fire"}}, lists=None)
    fresh.approve(fresh.submit())
    report = fresh.deliver(code=3)
    reason = report["statements"][0]["deliveries"][0]["reason"]
    assert "belong to @water, not to @fire" in reason
    assert world.texts("x") == []


def test_a_mail_from_another_sender_in_mid_campaign_waits_until_put_right(
    approved: Approve, world: World
) -> None:
    begin = approved("mail")
    here = begin.here
    world.add_fault("mail", match="RCPT eli", do="status", code=451, times=None)
    here.deliver_until(begin.statement, lambda status: status["campaigns"][0]["sent"] == 2)
    assert len(world.mails()) == 2
    world.mail.faults.clear()
    here.configure(mail={"from": "Fire for All <news@fire.example>"})
    report = here.deliver(code=3)
    assert report["statements"][0]["campaigns"][0]["state"] == "paused"
    assert len(world.mails()) == 2
    here.configure(mail={"from": "Water for All <news@water.example>"})
    here.deliver()
    assert len(world.mails()) == 3


TAMPERING = {
    "of the words": "UPDATE approvals_proof SET content = "
    "CAST(replace(content, '47 villages', '74 villages') AS BLOB)",
    "of the digest": f"UPDATE approvals_proof SET digest = '{'0' * 64}'",
    "of the approval": f"UPDATE approvals_approval SET digest = '{'0' * 64}'",
    "by voiding": "UPDATE approvals_approval SET voided_at = at",
    "by removal": "DELETE FROM approvals_approval",
}


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_with_what_was_approved_holds_everything(
    approved: Approve, world: World, case: str
) -> None:
    here = approved().here
    change_database(here, TAMPERING[case])
    report = here.deliver(code=3)["statements"][0]
    assert {one["state"] for one in report["deliveries"]} == {"held"}
    assert report["campaigns"][0]["state"] == "paused"
    assert seen(world) == SENT_NOTHING and world.mails() == []


def test_tampering_with_the_record_is_found(approved: Approve) -> None:
    here = approved().here
    change_database(
        here, "UPDATE audit_entry SET actor = 'Cora' WHERE act = ? AND actor = ?", "approve", "Ben"
    )
    done = here.run("audit", "verify", "--json", code=1)
    assert done.json()["ok"] is False
    assert "is not as it was written" in done.json()["why"]
