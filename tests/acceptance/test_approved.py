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
    fresh.run("deliver", "--until-idle", "--timeout", "3")
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


def test_what_was_approved_goes_out_unchanged_whatever_the_configuration_says_now(
    approved: Approve, world: World
) -> None:
    begin = approved()
    begin.here.configure(organisation={"name": "Fire for All", "hashtags": ["Fire"]})
    status = begin.here.deliver()["statements"][0]
    require_exactly_once(world, begin.proof, status)
    assert all("Fire" not in (mail.text or "") for mail in world.mails())


def test_looking_at_a_proof_that_no_longer_fits_voids_the_approval(
    fresh: Installation, world: World
) -> None:
    fresh.configure(approval={"undo": "1h"})
    statement = fresh.submit()
    digest = fresh.approve(statement)
    fresh.configure(approval={"undo": "0s"}, organisation={"hashtags": ["Fire"]})
    assert fresh.json("proof", statement)["digest"] != digest
    assert fresh.status(statement)["state"] == "waiting_approval"
    fresh.deliver()
    assert seen(world) == SENT_NOTHING


def test_a_channel_that_speaks_for_another_account_is_held_until_put_right(
    approved: Approve, world: World
) -> None:
    here = approved("x").here
    here.configure(channels={"x": {"account": "fire"}})
    report = here.deliver(code=3)
    assert report["statements"][0]["deliveries"][0]["state"] == "held"
    assert "another account than approved" in report["statements"][0]["deliveries"][0]["reason"]
    assert world.contacts() == 0
    here.configure(channels={"x": {"account": "water"}})
    here.deliver()
    assert len(world.texts("x")) == 4


def test_credentials_of_another_account_send_nothing(fresh: Installation, world: World) -> None:
    fresh.configure(channels=X_ALONE | {"x": {"account": "fire"}}, lists=None)
    fresh.approve(fresh.submit())
    report = fresh.deliver(code=3)
    reason = report["statements"][0]["deliveries"][0]["reason"]
    assert "belong to @water, not to @fire" in reason
    assert world.texts("x") == []


def test_a_channel_taken_out_of_the_configuration_is_held(approved: Approve, world: World) -> None:
    here = approved().here
    here.configure(channels={"x": None})
    status = here.deliver(code=3)["statements"][0]
    states = {one["channel"]: one["state"] for one in status["deliveries"]}
    assert states == {"x": "held", "bluesky": "sent", "mastodon": "sent"}
    assert world.texts("x") == []


def test_a_mail_from_another_sender_waits_until_put_right(approved: Approve, world: World) -> None:
    here = approved("mail").here
    here.configure(mail={"from": "Fire for All <news@fire.example>"})
    report = here.deliver(code=3)
    assert report["statements"][0]["campaigns"][0]["state"] == "paused"
    assert world.mails() == []
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
