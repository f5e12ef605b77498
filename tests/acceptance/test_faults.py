"""Networks and mail servers that fail: every post ends exactly once, or says what is unsure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.installation import Installation
from tests.acceptance.world import World

WRITES = {
    "x": "POST /2/tweets",
    "bluesky": "POST /xrpc/com.atproto.repo.applyWrites",
    "mastodon": "POST /api/v1/statuses",
}
LOOKS = {
    "x": "GET /2/users/",
    "bluesky": "GET /xrpc/com.atproto.repo.getRecord",
    "mastodon": "GET /api/v1/accounts/",
}
ALONE = {
    "x": {"bluesky": None, "mastodon": None},
    "bluesky": {"x": None, "mastodon": None},
    "mastodon": {"x": None, "bluesky": None},
}


@pytest.fixture(scope="module")
def approved(
    running_world: World, prepared: Installation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Installation, Any]:
    """Approved for all networks and the list, and its proof; to be copied, not used."""
    made = prepared.copy_to(tmp_path_factory.mktemp("approved"))
    made.configure(channels={name: {"timeout": "1s"} for name in WRITES})
    statement = made.submit()
    made.approve(statement)
    return made, made.json("proof", statement)


@pytest.fixture
def ready(
    approved: tuple[Installation, Any], world: World, tmp_path: Path
) -> tuple[Installation, Any]:
    """An installation that is about to deliver, and the proof of what."""
    made, proof = approved
    return made.copy_to(tmp_path / "ready"), proof


PASSING: dict[str, dict[str, Any]] = {
    "500 without an effect": {"do": "status", "code": 500},
    "503 without an effect": {"do": "status", "code": 503},
    "a proxy's page": {"do": "html", "code": 502},
    "too many requests": {"do": "status", "code": 429, "seconds": 1},
    "a line cut before": {"do": "drop_before"},
    "a line cut after": {"do": "drop_after"},
    "a reset after": {"do": "reset_after"},
    "500 with the effect": {"do": "500_after"},
    "half an answer": {"do": "truncate"},
    "a bomb for an answer": {"do": "gzip_bomb"},
    "the effect after the line is cut": {"do": "late", "seconds": 0.4},
    "the effect after an error": {"do": "late", "code": 504, "seconds": 0.4},
    "an answer after we stopped waiting": {"do": "delay", "seconds": 1.3},
    "no answer at all": {"do": "never", "seconds": 2},
}


@pytest.mark.parametrize("case", PASSING)
def test_a_fault_that_passes_leaves_every_post_exactly_once(
    ready: tuple[Installation, Any], world: World, case: str
) -> None:
    installation, proof = ready
    for channel, write in WRITES.items():
        after = 0 if channel == "bluesky" else 1  # whose thread is one request
        world.add_fault(channel, write, after=after, **PASSING[case])
    status = installation.deliver()["statements"][0]
    require_exactly_once(world, proof, status)


@pytest.mark.parametrize("channel", WRITES)
def test_every_write_lost_and_looks_failing_still_makes_every_post_once(
    ready: tuple[Installation, Any], world: World, channel: str
) -> None:
    installation, proof = ready
    world.add_fault(channel, WRITES[channel], "drop_after", times=None)
    world.add_fault(channel, LOOKS[channel], "status", after=2, times=3, code=503)
    status = installation.deliver()["statements"][0]
    require_exactly_once(world, proof, status)


def test_a_server_that_ignores_keys_gets_no_post_twice(
    ready: tuple[Installation, Any], world: World
) -> None:
    installation, proof = ready
    world.networks["mastodon"].switches["honours_idempotency_key"] = False
    world.add_fault("mastodon", WRITES["mastodon"], "drop_after", times=None)
    require_exactly_once(world, proof, installation.deliver()["statements"][0])


@pytest.mark.parametrize("channel", ["x", "mastodon"])
def test_a_refusal_in_the_midst_keeps_what_is_out_and_stops_only_its_thread(
    ready: tuple[Installation, Any], world: World, channel: str
) -> None:
    installation, proof = ready
    world.add_fault(channel, WRITES[channel], "status", after=1, code=403)
    status = installation.deliver(code=3)["statements"][0]
    states = {one["channel"]: one["state"] for one in status["deliveries"]}
    assert states.pop(channel) == "refused"
    assert set(states.values()) == {"sent"}
    assert len(world.texts(channel)) == 1
    proof = proof | {"channels": [p for p in proof["channels"] if p["channel"] != channel]}
    require_exactly_once(world, proof, status)


def test_a_network_out_of_order_for_long_is_named_and_sends_nothing(
    ready: tuple[Installation, Any], world: World
) -> None:
    installation, _ = ready
    installation.configure(delivery={"attempts": 3})
    for channel in WRITES:
        world.add_fault(channel, WRITES[channel], "status", times=None, code=503)
    status = installation.deliver(code=3)["statements"][0]
    assert {one["state"] for one in status["deliveries"]} <= {"unsure", "gave_up"}
    assert all(one["reason"] for one in status["deliveries"])
    assert not any(world.texts(channel) for channel in WRITES)


@pytest.mark.parametrize("channel", WRITES)
def test_an_address_that_leads_elsewhere_is_refused(
    ready: tuple[Installation, Any], world: World, channel: str
) -> None:
    installation, _ = ready
    for verb in ("GET ", "POST "):
        world.add_fault(channel, verb, "redirect", times=None, location=world.networks["x"].url)
    status = installation.deliver(code=3)["statements"][0]
    [reason] = [one["reason"] for one in status["deliveries"] if one["channel"] == channel]
    assert "leads elsewhere. Put the new address into the configuration." in reason


MAIL_FAULTS: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "asked to wait for one": ({"match": "RCPT eli", "do": "status", "code": 451}, {"sent": 3}),
    "asked to wait after the words": (
        {"match": "DOT eli", "do": "status", "code": 451},
        {"sent": 3},
    ),
    "a server that closes": (
        {"match": "EHLO ", "do": "status", "code": 421, "times": 2},
        {"sent": 3},
    ),
    "an unknown reader": (
        {"match": "RCPT eli", "do": "status", "code": 550, "times": None},
        {"sent": 2, "refused": 1},
    ),
    "a line cut before the words": ({"match": "DATA ", "do": "drop_before"}, {"sent": 3}),
    "a line cut after the words": ({"match": "DOT eli", "do": "drop_after"}, {"unsure": 1}),
    "words that arrive later": ({"match": "DOT eli", "do": "late", "seconds": 0.2}, {"unsure": 1}),
}


@pytest.mark.parametrize("case", MAIL_FAULTS)
def test_a_fault_of_the_mail_server_is_met_once_per_reader(
    fresh: Installation, world: World, case: str
) -> None:
    fault, counts = MAIL_FAULTS[case]
    fresh.configure(channels=None)
    fresh.approve(fresh.submit())
    world.add_fault("mail", **fault)
    campaign = fresh.deliver(code=None)["statements"][0]["campaigns"][0]
    assert {name: campaign[name] for name in counts} == counts
    assert sum(campaign[name] for name in ("sent", "refused", "unsure")) == 3
    assert len(world.recipients()) == len(set(world.recipients()))


def test_a_mail_server_that_is_away_pauses_the_campaign_until_it_is_back(
    fresh: Installation, world: World, free_port: int
) -> None:
    fresh.configure(channels=None, mail={"port": free_port}, delivery={"attempts": 2})
    fresh.approve(fresh.submit())
    report = fresh.deliver(code=3)
    assert report["statements"][0]["campaigns"][0]["state"] == "paused"
    fresh.configure(mail={"port": world.mail.port})
    status = fresh.deliver()["statements"][0]
    assert status["campaigns"][0]["sent"] == 3
    require_mailed_or_unsure(world, status, readers=3)
