"""Withdrawing a statement before, during and after its delivery, with the real program."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.installation import TEXT, Approved
from tests.acceptance.killing import THEN, Then, dies_at
from tests.acceptance.world import Trap, World

CHANNELS = ("x", "bluesky", "mastodon")
READERS = ["dana@reader.example", "eli@press.example", "fay@parliament.example"]
WRITES = {
    "x": "POST /2/tweets",
    "bluesky": "POST /xrpc/com.atproto.repo.applyWrites",
    "mastodon": "POST /api/v1/statuses",
}
DELETES = {
    "x": "DELETE /2/tweets",
    "bluesky": "POST /xrpc/com.atproto.repo.deleteRecord",
    "mastodon": "DELETE /api/v1/statuses",
}


def withdraw(begin: Approved, name: str = "Ben", why: str = "The figure is wrong.") -> Any:
    """Withdraw the statement; its status."""
    return begin.here.json("withdraw", begin.statement, "--as", name, "--why", why)


def delivery(status: Any, channel: str) -> Any:
    return next(one for one in status["deliveries"] if one["channel"] == channel)


def notices(world: World) -> list[str]:
    """Who got the notice, once for each mail."""
    told = [mail for mail in world.mails() if mail.subject.startswith("Withdrawn: ")]
    return sorted(recipient for mail in told for recipient in mail.recipients)


def require_gone(world: World, status: Any) -> None:
    """Nothing stands on any network, and the ledger says so."""
    assert {name: world.texts(name) for name in CHANNELS} == {name: [] for name in CHANNELS}
    assert {one["state"] for one in status["deliveries"]} == {"withdrawn"}
    posts = [post for one in status["deliveries"] for post in one["posts"]]
    assert {post["state"] for post in posts} == {"withdrawn"}
    assert all(bool(post["removed_at"]) == bool(post["sent_at"]) for post in posts)


def test_what_was_published_is_removed_everywhere_and_its_readers_are_told(
    approved: Approve, world: World
) -> None:
    begin = approved()
    begin.here.deliver()
    before = begin.here.status(begin.statement)
    told = withdraw(begin)
    assert told["state"] == "delivering"
    (status,) = begin.here.deliver()["statements"]
    assert status["state"] == "withdrawn"
    require_gone(world, status)
    assert notices(world) == READERS
    for old, new in zip(before["deliveries"], status["deliveries"], strict=True):
        for was, is_ in zip(old["posts"], new["posts"], strict=True):
            assert {key: is_[key] for key in ("id", "url", "sent_at")} == {
                key: was[key] for key in ("id", "url", "sent_at")
            }
    assert begin.here.json("audit", "verify")["ok"] is True


def test_a_thread_is_removed_from_its_end(approved: Approve, world: World) -> None:
    begin = approved("x")
    begin.here.deliver()
    written = [post.id for post in world.networks["x"].seen()]
    withdraw(begin)
    begin.here.deliver()
    deleted = [
        entry.path.rpartition("/")[2]
        for entry in world.networks["x"].requests
        if entry.method == "DELETE"
    ]
    assert deleted == written[::-1]


def test_what_has_not_left_never_does(approved: Approve, world: World) -> None:
    begin = approved()
    met = world.contacts()
    status = withdraw(begin)
    assert status["state"] == "withdrawn"
    assert begin.here.deliver()["statements"][0] == status
    assert world.contacts() == met
    require_gone(world, status)


def in_the_middle(world: World, begin: Approved, where: str, then: str) -> Any:
    """Deliver, and withdraw while a request is on its way; the status when all is still."""
    verbs = ("DOT",) if where == "mail" else ("POST",)
    trap = Trap(2, lambda: withdraw(begin), then, verbs)
    world.server(where).faults = trap
    begin.here.deliver(code=None)
    assert trap.sprung
    world.reset_faults()
    (status,) = begin.here.deliver()["statements"]
    return status


@pytest.mark.parametrize("then", ["delay", "drop_after", "drop_before"])
@pytest.mark.parametrize("where", [*CHANNELS, "mail"])
def test_a_withdrawal_in_the_middle_of_a_delivery_leaves_nothing_behind(
    approved: Approve, world: World, where: str, then: str
) -> None:
    status = in_the_middle(world, approved(), where, then)
    require_gone(world, status)
    assert status["state"] == "withdrawn"
    mails = world.mails()
    had = {r for m in mails if not m.subject.startswith("Withdrawn") for r in m.recipients}
    assert had <= set(notices(world)) and len(notices(world)) == len(set(notices(world)))


@pytest.mark.parametrize("then", THEN)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_kill_at_any_deletion_leaves_nothing_behind(
    approved: Approve, world: World, channel: str, then: Then
) -> None:
    begin = approved(channel)
    begin.here.deliver()
    withdraw(begin)
    verbs = ("POST",) if channel == "bluesky" else ("DELETE",)
    # At the first deletion, then one further each time it is started again.
    for number in itertools.count(1):
        if not dies_at(world, channel, number, then, begin.here, verbs):
            break
    assert number > 2
    (status,) = begin.here.deliver()["statements"]
    require_gone(world, status)
    assert status["state"] == "withdrawn"


PASSING: dict[str, dict[str, Any]] = {
    "an error of the server": {"do": "status", "code": 500, "times": 2},
    "an error after the effect": {"do": "500_after"},
    "too many requests": {"do": "status", "code": 429, "seconds": 1},
    "a lost answer": {"do": "drop_after"},
    "no answer": {"do": "never", "seconds": 2},
}


@pytest.mark.parametrize("case", PASSING)
def test_a_network_that_fails_for_a_while_keeps_nothing(
    approved: Approve, world: World, case: str
) -> None:
    begin = approved()
    begin.here.configure(channels={name: {"timeout": "1s"} for name in CHANNELS})
    begin.here.deliver()
    withdraw(begin)
    for channel, delete in DELETES.items():
        world.add_fault(channel, delete, **PASSING[case])
    (status,) = begin.here.deliver()["statements"]
    require_gone(world, status)


def test_what_somebody_deleted_by_hand_counts_as_removed(approved: Approve, world: World) -> None:
    begin = approved()
    begin.here.deliver()
    for network in world.networks.values():
        network.forget()
    withdraw(begin)
    (status,) = begin.here.deliver()["statements"]
    assert status["state"] == "withdrawn"
    require_gone(world, status)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_may_not_be_deleted_is_shown_with_its_link_until_a_person_says_it_is_gone(
    approved: Approve, world: World, channel: str
) -> None:
    begin = approved()
    begin.here.deliver()
    world.add_fault(channel, DELETES[channel], "status", code=403)  # the last post of the thread
    withdraw(begin)
    (status,) = begin.here.deliver(code=3)["statements"]
    assert status["state"] == "attention"
    (stands,) = world.networks[channel].seen()
    thread = delivery(status, channel)
    post = thread["posts"][-1]
    assert (thread["state"], post["state"]) == ("refused", "refused")
    assert (post["id"], post["url"]) == (stands.id, stands.url)
    assert f"Post {post['position']} still stands" in thread["reason"]
    others = [one["state"] for one in status["deliveries"] if one["channel"] != channel]
    assert set(others) == {"withdrawn"}
    world.networks[channel].forget()
    settled = ("settle", begin.statement, channel, str(post["position"]), "--gone", "--as", "Ben")
    assert begin.here.json(*settled)["state"] == "withdrawn"


def test_credentials_of_another_account_delete_nothing_and_a_person_is_told(
    approved: Approve, world: World
) -> None:
    begin = approved("x")
    begin.here.deliver()
    begin.here.configure(channels={"x": {"account": "somebody"}})
    withdraw(begin)
    (status,) = begin.here.deliver(code=3)["statements"]
    assert delivery(status, "x")["state"] == "held"
    assert world.texts("x")
    begin.here.configure(channels={"x": {"account": "water"}})
    withdraw(begin, why="The account is the right one again.")
    assert begin.here.deliver()["statements"][0]["state"] == "withdrawn"
    assert not world.texts("x")


def test_the_notice_goes_once_to_those_who_had_the_mail_and_are_still_there(
    approved: Approve, world: World
) -> None:
    begin = approved("mail")
    world.add_fault("mail", "RCPT eli", "status", code=550)  # who never had it
    begin.here.deliver()
    begin.here.run("subscriber", "suppress", "dana@reader.example", "--reason", "asked")
    withdraw(begin)
    begin.here.deliver()
    begin.here.deliver()
    assert notices(world) == ["fay@parliament.example"]
    (mail,) = [mail for mail in world.mails() if mail.subject.startswith("Withdrawn")]
    proof = begin.here.json("proof", begin.statement)["mail"][0]
    assert mail.subject == proof["notice"]["subject"]
    text = mail.text or ""
    assert text.startswith("We have withdrawn the following statement")
    assert "reserve at Oster" not in text and "figure is wrong" not in text


def correct(begin: Approved) -> None:
    """Hand in what the statement should have said."""
    name = begin.here.write("right.txt", TEXT.replace("47 villages", "41 villages"))
    begin.here.run("correct", begin.statement, name, "--as", "Ana")


def test_a_correction_is_withdrawn_with_what_it_corrects(approved: Approve, world: World) -> None:
    begin = approved()
    begin.here.deliver()
    correct(begin)
    begin.here.approve(begin.statement)
    begin.here.deliver()
    mails = len(world.recipients())
    withdraw(begin)
    (status,) = begin.here.deliver()["statements"]
    assert status["state"] == "withdrawn"
    assert {name: world.texts(name) for name in CHANNELS} == {name: [] for name in CHANNELS}
    told = [recipient for mail in world.mails()[mails:] for recipient in mail.recipients]
    assert sorted(told) == READERS


def test_a_correction_that_nobody_approved_yet_goes_with_the_rest(
    approved: Approve, world: World
) -> None:
    begin = approved()
    begin.here.deliver()
    correct(begin)
    withdraw(begin)
    (status,) = begin.here.deliver()["statements"]
    assert status["state"] == "withdrawn"
    require_gone(world, status)
    assert notices(world) == READERS


def test_a_thread_that_is_stuck_is_withdrawn_all_the_same(approved: Approve, world: World) -> None:
    begin = approved("x")
    world.add_fault("x", WRITES["x"], "drop_after", after=1)
    world.add_fault("x", "GET /2/users/*/tweets*", "status", code=403, after=1, times=None)
    begin.here.deliver(code=3)
    world.reset_faults()
    withdraw(begin)
    (status,) = begin.here.deliver()["statements"]
    require_gone(world, status)


def test_a_halt_stops_a_withdrawal_too(approved: Approve, world: World) -> None:
    begin = approved("x")
    begin.here.deliver()
    begin.here.run("halt", "--why", "everything is wrong")
    done = begin.here.run("withdraw", begin.statement, "--as", "Ben", "--why", "wrong")
    assert "Everything is halted" in done.stdout
    (status,) = begin.here.deliver()["statements"]
    assert status["state"] == "delivering" and "halted" in delivery(status, "x")["reason"]
    assert world.texts("x")
    begin.here.run("resume", "--as", "Ben")
    assert begin.here.deliver()["statements"][0]["state"] == "withdrawn"
    assert not world.texts("x")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--as", "Ana", "--why", "wrong"), 1, "Ana may not withdraw a statement."),
        (("--as", "Cleo", "--why", "wrong"), 1, "Cleo may not withdraw a statement."),
        (("--as", "Ben", "--why", "  "), 1, "Say why"),
        (("--as", "Ben"), 2, "--why"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_with_a_sentence(
    approved: Approve, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    begin = approved("x")
    done = begin.here.run("withdraw", begin.statement, *arguments, code=code)
    assert sentence in done.stderr and "Traceback" not in done.stderr
