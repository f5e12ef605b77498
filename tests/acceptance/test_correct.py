"""A published statement is corrected: on every network and by mail, whatever happens on the way."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.expecting import require_shape
from tests.acceptance.installation import TEXT, Installation
from tests.acceptance.killing import THEN, Then, dies_at
from tests.acceptance.world import World

FEWER = TEXT.replace("47 villages", "39 villages")
LESS = FEWER.replace("nine kilometres", "six kilometres").replace(
    "until the pipes run again", "now"
)
MORE = FEWER + "".join(
    f"\nParagraph {number} tells what else was wrong, and how we know that it was.\n"
    for number in range(8)
)
PUT = "PUT /api/v1/statuses/*"
SHOWN = {"x": "_posts", "bluesky": "_repo", "mastodon": "_statuses"}  # where servers keep posts


def correct(here: Installation, statement: str, text: str = FEWER, name: str = "Ana") -> Any:
    """Correct it and approve that; the proof."""
    here.run("correct", statement, here.write("better.txt", text), "--as", name)
    proof = here.json("proof", statement)
    here.run("approve", statement, "--as", "Ben", "--digest", proof["digest"])
    return proof


def on(proof: Any, channel: str) -> Any:
    (found,) = [each for each in proof["channels"] if each["channel"] == channel]
    return found


def require_corrected(world: World, channel: str, first: Any, proof: Any) -> None:
    """What stands on a channel is exactly what was approved, in its place, once."""
    texts = [post["text"] for post in on(first, channel)["posts"]]
    approved = [post["text"] for post in on(proof, channel)["posts"]]
    if channel == "mastodon":
        assert world.texts(channel) == approved
        assert world.parents(channel) == [None, *range(len(approved) - 1)]
        return
    shown, parents = world.texts(channel), world.parents(channel)
    assert sorted(shown) == sorted([*texts, *approved])
    above = shown.index(texts[0])
    for text in approved:
        assert parents[shown.index(text)] == above
        above = shown.index(text)


def delivery(status: Any, channel: str) -> Any:
    """The newest one on a channel."""
    return [each for each in status["deliveries"] if each["channel"] == channel][-1]


def test_a_correction_reaches_every_reader_where_the_first_did(
    approved: Approve, world: World
) -> None:
    begin = approved()
    here, statement = begin.here, begin.statement
    here.deliver()
    before = {name: world.networks[name].seen() for name in world.networks}
    here.run("subscriber", "suppress", "eli@press.example")
    here.write("later.csv", "email\ngil@reader.example\n")
    basis = ("--basis", "signed up at the congress", "--confirmed")
    here.run("subscriber", "import", "later.csv", "--list", "statements", *basis)
    proof = correct(here, statement)
    require_shape(proof, "proof")
    assert proof["purpose"] == "correction"
    status = here.deliver()["statements"][0]
    require_shape(here.json("status"), "status")
    assert status["state"] == "delivered"
    for channel in before:
        require_corrected(world, channel, begin.proof, proof)
        assert delivery(status, channel)["purpose"] == "correction"
    changed = world.networks["mastodon"].seen()
    assert [post.id for post in changed] == [post.id for post in before["mastodon"]]
    assert [post.edited for post in changed] == [
        post["act"] == "edit" for post in on(proof, "mastodon")["posts"]
    ]
    assert any(post.edited for post in changed) and not all(post.edited for post in changed)
    mails = world.mails()[3:]
    assert sorted(mail.recipients[0] for mail in mails) == [
        "dana@reader.example",
        "fay@parliament.example",
    ]
    assert {mail.subject for mail in mails} == {f"Correction: {TEXT.splitlines()[0]}"}
    assert all(
        mail.text and "39 villages" in mail.text and "which we sent you" in mail.text
        for mail in mails
    )
    assert here.json("audit", "verify")["ok"] is True


def test_a_correction_is_corrected_again_and_again(approved: Approve, world: World) -> None:
    begin = approved()
    here, statement, proofs = begin.here, begin.statement, []
    here.deliver()
    for text in (MORE, LESS, FEWER):
        proofs.append(correct(here, statement, text))
        status = here.deliver()["statements"][0]
        assert status["state"] == "delivered", str(status)
        assert world.texts("mastodon") == [p["text"] for p in on(proofs[-1], "mastodon")["posts"]]
    more, less, _ = (on(proof, "mastodon") for proof in proofs)
    assert "publish" in {post["act"] for post in more["posts"]} and less["removes"]
    for channel in ("x", "bluesky"):
        heads = {on(proof, channel)["replies_to"]["id"] for proof in proofs}
        assert heads == {
            here.status(statement)["deliveries"][0 if channel == "x" else 1]["posts"][0]["id"]
        }
    assert len(world.recipients()) == 12
    assert here.json("audit", "verify")["ok"] is True


@pytest.mark.parametrize("then", THEN)
@pytest.mark.parametrize("channel", ["mastodon", "x", "bluesky"])
def test_a_kill_at_any_request_leaves_each_correction_once(
    approved: Approve, world: World, tmp_path: Path, channel: str, then: Then
) -> None:
    begin = approved(channel)
    begin.here.deliver()
    proof = correct(begin.here, begin.statement, MORE if channel == "mastodon" else FEWER)
    server = world.networks[channel]
    there = dict(vars(server)[SHOWN[channel]])
    for number in itertools.count(1):
        vars(server)[SHOWN[channel]] = dict(there)
        vars(server).get("_keys", {}).clear()  # of posts that were never made, this time
        here = begin.here.copy_to(tmp_path / f"killed-{number}")
        if not dies_at(world, channel, number, then, here):
            assert number > 3
            break
        status = here.deliver(code=None)["statements"][0]
        assert status["state"] == "delivered"
        require_corrected(world, channel, begin.proof, proof)


@pytest.mark.parametrize("do", ["drop_after", "reset_after", "500_after", "drop_before"])
def test_an_edit_whose_answer_is_lost_is_made_once_more_and_settles_by_itself(
    approved: Approve, world: World, do: str
) -> None:
    begin = approved("mastodon")
    begin.here.deliver()
    proof = correct(begin.here, begin.statement)
    world.add_fault("mastodon", PUT, do)
    assert begin.here.deliver()["statements"][0]["state"] == "delivered"
    require_corrected(world, "mastodon", begin.proof, proof)


def test_a_network_that_asks_to_slow_down_is_obeyed(approved: Approve, world: World) -> None:
    begin = approved("mastodon")
    begin.here.deliver()
    proof = correct(begin.here, begin.statement)
    world.add_fault("mastodon", PUT, "status", code=429, seconds=1)
    assert begin.here.deliver()["statements"][0]["state"] == "delivered"
    require_corrected(world, "mastodon", begin.proof, proof)


def test_a_post_that_somebody_deleted_is_not_made_anew_by_a_correction(
    approved: Approve, world: World
) -> None:
    begin = approved("mastodon")
    begin.here.deliver()
    proof = correct(begin.here, begin.statement)
    statuses = vars(world.networks["mastodon"])["_statuses"]
    [edited] = [p["replaces"]["id"] for p in on(proof, "mastodon")["posts"] if p["act"] == "edit"][
        :1
    ]
    del statuses[edited]
    left = len(statuses)
    status = begin.here.deliver(code=3)["statements"][0]
    assert (status["state"], len(world.texts("mastodon"))) == ("attention", left)
    stopped = delivery(status, "mastodon")
    assert stopped["state"] == "refused" and "is no longer on Mastodon" in stopped["reason"]
    begin.here.run("settle", begin.statement, "mastodon", "1", "--gone", "--as", "Ben")
    assert begin.here.deliver()["statements"][0]["state"] == "delivered"
    rest = [post["text"] for post in on(proof, "mastodon")["posts"][1:]]
    assert world.texts("mastodon") == rest


@pytest.mark.parametrize("channel", ["x", "bluesky"])
def test_nothing_is_said_under_a_thread_that_somebody_deleted(
    approved: Approve, world: World, channel: str
) -> None:
    begin = approved(channel)
    begin.here.deliver()
    correct(begin.here, begin.statement)
    vars(world.networks[channel])[SHOWN[channel]].clear()
    status = begin.here.deliver(code=3)["statements"][0]
    assert world.texts(channel) == []
    stopped = delivery(status, channel)
    assert stopped["state"] == "refused" and "is no longer on" in stopped["reason"]


def test_a_halt_stops_a_correction_too(approved: Approve, world: World) -> None:
    begin = approved("mastodon")
    begin.here.deliver()
    proof = correct(begin.here, begin.statement)
    begin.here.run("halt")
    begin.here.run("deliver", "--timeout", "3", code=None)
    assert world.texts("mastodon") == [p["text"] for p in on(begin.proof, "mastodon")["posts"]]
    begin.here.run("resume", "--as", "Ben")
    begin.here.deliver()
    require_corrected(world, "mastodon", begin.proof, proof)


def test_what_cannot_be_corrected_is_told_in_a_sentence(approved: Approve) -> None:
    begin = approved("x")
    here, statement = begin.here, begin.statement
    better = here.write("better.txt", FEWER)
    early = here.run("correct", statement, better, "--as", "Ana", code=1)
    assert f"Use `distributor revise {statement}`" in early.stderr
    here.deliver()
    late = here.run("revise", statement, better, "--as", "Ana", code=1)
    assert f"Use `distributor correct {statement}`" in late.stderr
    same = here.run("correct", statement, here.write("same.txt", TEXT), "--as", "Ana", code=1)
    assert "nothing was changed" in same.stderr
    for done in (early, late, same):
        assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_a_withdrawal_after_a_correction_takes_down_all_of_it_and_tells_readers_once(
    approved: Approve, world: World
) -> None:
    begin = approved()
    here, statement = begin.here, begin.statement
    here.deliver()
    correct(here, statement, MORE)
    here.deliver()
    here.run("withdraw", statement, "--as", "Ben", "--why", "It was wrong after all.")
    assert here.deliver()["statements"][0]["state"] == "withdrawn"
    assert {name: world.texts(name) for name in SHOWN} == {name: [] for name in SHOWN}
    notices = [mail for mail in world.mails() if mail.subject.startswith("Withdrawn: ")]
    assert len(notices) == len({mail.recipients for mail in notices}) == 3
    late = here.run("correct", statement, "better.txt", "--as", "Ana", code=1)
    assert "was withdrawn" in late.stderr
    assert here.json("audit", "verify")["ok"] is True


def test_a_withdrawal_while_a_correction_is_on_its_way_takes_down_what_stands(
    approved: Approve, world: World
) -> None:
    begin = approved("mastodon")
    here, statement = begin.here, begin.statement
    here.deliver()
    correct(here, statement, MORE)
    assert dies_at(world, "mastodon", 6, "drop_after", here)
    here.run("withdraw", statement, "--as", "Ben", "--why", "It was wrong after all.")
    assert here.deliver()["statements"][0]["state"] == "withdrawn"
    assert world.texts("mastodon") == []


def test_a_statement_is_corrected_on_postgresql(on_postgresql: Installation, world: World) -> None:
    statement = on_postgresql.submit()
    first = on_postgresql.json("proof", statement)
    on_postgresql.approve(statement)
    on_postgresql.deliver()
    proof = correct(on_postgresql, statement, MORE)
    assert on_postgresql.deliver()["statements"][0]["state"] == "delivered"
    for channel in SHOWN:
        require_corrected(world, channel, first, proof)
