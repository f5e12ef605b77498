"""Networks and mail servers that fail: every post ends exactly once, or says what is unsure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
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
    approved: Approve, world: World, case: str
) -> None:
    begin = approved()
    if PASSING[case]["do"] in ("late", "delay", "never"):
        # Short enough to wait for, and what lands late does so in time on a busy machine, too.
        timeouts = {name: {"timeout": "1s"} for name in WRITES}
        begin.here.configure(channels=timeouts, delivery={"in_flight": "2500ms"})
    for channel, write in WRITES.items():
        after = 0 if channel == "bluesky" else 1  # whose thread is one request
        world.add_fault(channel, write, after=after, **PASSING[case])
    status = begin.here.deliver()["statements"][0]
    require_exactly_once(world, begin.proof, status)


@pytest.mark.parametrize("channel", WRITES)
def test_every_write_lost_and_looks_failing_still_makes_every_post_once(
    approved: Approve, world: World, channel: str
) -> None:
    begin = approved()
    world.add_fault(channel, WRITES[channel], "drop_after", times=None)
    world.add_fault(channel, LOOKS[channel], "status", after=2, times=3, code=503)
    status = begin.here.deliver()["statements"][0]
    require_exactly_once(world, begin.proof, status)


@pytest.mark.parametrize("fault", [{"do": "drop_after"}, {"do": "late", "seconds": 0.4}])
def test_a_server_that_ignores_keys_gets_no_post_twice(
    approved: Approve, world: World, fault: dict[str, Any]
) -> None:
    begin = approved("mastodon")
    begin.here.configure(delivery={"in_flight": "2s"})
    world.networks["mastodon"].switches["honours_idempotency_key"] = False
    world.add_fault("mastodon", WRITES["mastodon"], times=2, **fault)
    require_exactly_once(world, begin.proof, begin.here.deliver()["statements"][0])


@pytest.mark.parametrize("channel", ["x", "mastodon"])
def test_a_refusal_in_the_midst_keeps_what_is_out_and_stops_only_its_thread(
    approved: Approve, world: World, channel: str
) -> None:
    begin = approved()
    world.add_fault(channel, WRITES[channel], "status", after=1, code=403)
    status = begin.here.deliver(code=3)["statements"][0]
    states = {one["channel"]: one["state"] for one in status["deliveries"]}
    assert states.pop(channel) == "refused"
    assert set(states.values()) == {"sent"}
    assert len(world.texts(channel)) == 1
    others = [one for one in begin.proof["channels"] if one["channel"] != channel]
    require_exactly_once(world, {"channels": others}, status)


def test_a_network_out_of_order_for_long_is_named_and_sends_nothing(
    approved: Approve, world: World
) -> None:
    begin = approved()
    begin.here.configure(delivery={"attempts": 3})
    for channel in WRITES:
        world.add_fault(channel, WRITES[channel], "status", times=None, code=503)
    status = begin.here.deliver(code=3)["statements"][0]
    assert {one["state"] for one in status["deliveries"]} <= {"unsure", "gave_up"}
    assert all(one["reason"] for one in status["deliveries"])
    assert not any(world.texts(channel) for channel in WRITES)


@pytest.mark.parametrize("channel", WRITES)
def test_an_address_that_leads_elsewhere_is_refused(
    approved: Approve, world: World, channel: str
) -> None:
    begin = approved()
    for verb in ("GET ", "POST "):
        world.add_fault(channel, verb, "redirect", times=None, location=world.networks["x"].url)
    status = begin.here.deliver(code=3)["statements"][0]
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
    approved: Approve, world: World, case: str
) -> None:
    fault, counts = MAIL_FAULTS[case]
    world.add_fault("mail", **fault)
    campaign = approved("mail").here.deliver(code=None)["statements"][0]["campaigns"][0]
    assert {name: campaign[name] for name in counts} == counts
    assert sum(campaign[name] for name in ("sent", "refused", "unsure")) == 3
    assert len(world.recipients()) == len(set(world.recipients()))


def test_a_mail_server_that_is_away_pauses_the_campaign_until_it_is_back(
    approved: Approve, world: World, free_port: int
) -> None:
    here = approved("mail").here
    here.configure(mail={"port": free_port}, delivery={"attempts": 2})
    report = here.deliver(code=3)
    assert report["statements"][0]["campaigns"][0]["state"] == "paused"
    here.configure(mail={"port": world.mail.port})
    status = here.deliver()["statements"][0]
    assert status["campaigns"][0]["sent"] == 3
    require_mailed_or_unsure(world, status, readers=3)
