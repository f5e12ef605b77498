"""The whole walk on the command line: from a text to timelines and mailboxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from distributor.sandbox.mailbox import SeenMail
from tests.acceptance.conftest import Run
from tests.acceptance.expecting import require_shape
from tests.acceptance.installation import TEXT, Installation
from tests.acceptance.world import World
from tests.waiting import until

CHANNELS = ("x", "bluesky", "mastodon")
READERS = ["dana@reader.example", "eli@press.example", "fay@parliament.example"]


@dataclass(frozen=True, slots=True)
class Walk:
    """What each command printed, and what the world saw at the end."""

    submitted: Any
    proof: Any
    approved: Any
    before: Any
    delivered: Any
    again: Any
    audit: Any
    texts: dict[str, list[str]]
    parents: dict[str, list[int | None]]
    ids: dict[str, list[str]]
    mails: list[SeenMail]


@pytest.fixture(scope="module")
def walk(
    running_world: World, prepared: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Walk:
    """One statement, all the way."""
    running_world.reset()
    here = prepared.copy_to(tmp_path_factory.mktemp("walk"))
    submitted = here.json("submit", here.write("statement.txt", TEXT), "--as", "Ana")
    statement = submitted["statement"]
    proof = here.json("proof", statement)
    approve = ("approve", statement, "--as", "ben", "--digest", proof["digest"])
    return Walk(
        submitted=submitted,
        proof=proof,
        approved=here.json(*approve),
        before=here.json("status", statement),
        delivered=here.deliver(),
        again=here.deliver(),
        audit=here.json("audit", "verify"),
        texts={name: running_world.texts(name) for name in CHANNELS},
        parents={name: running_world.parents(name) for name in CHANNELS},
        ids={n: [post.id for post in running_world.networks[n].seen()] for n in CHANNELS},
        mails=running_world.mails(),
    )


def test_submit_prints_what_was_read(walk: Walk) -> None:
    require_shape(walk.submitted, "submit")
    assert walk.submitted["title"] == "Water must reach the villages first"
    assert walk.submitted["date"] == "2026-06-03"
    kinds = [block["type"] for block in walk.submitted["blocks"]]
    assert kinds == ["paragraph"] * 4 + ["list", "paragraph"]


def test_proof_prints_what_would_go_out(walk: Walk) -> None:
    require_shape(walk.proof, "proof")
    assert walk.proof["statement"] == walk.submitted["statement"]
    assert sorted(one["channel"] for one in walk.proof["channels"]) == sorted(CHANNELS)
    assert [mail["list"] for mail in walk.proof["mail"]] == ["statements"]


def test_every_post_is_within_its_limit_and_traced_without_gaps(walk: Walk) -> None:
    for post in [post for one in walk.proof["channels"] for post in one["posts"]]:
        assert post["length"] <= post["limit"]
        ends = [0, *(segment["end"] for segment in post["trace"])]
        assert [segment["start"] for segment in post["trace"]] == ends[:-1]
        assert ends[-1] == len(post["text"])


def test_what_is_traced_to_the_statement_stands_there_word_for_word(walk: Walk) -> None:
    blocks = walk.submitted["blocks"]
    for post in [post for one in walk.proof["channels"] for post in one["posts"]]:
        for segment in post["trace"]:
            if source := segment["source"]:
                block = walk.submitted["title"]
                if source["block"] != "title":
                    found = blocks[source["block"]]
                    block = found["text"] if "text" in found else found["items"][source["item"]]
                cut = block[source["start"] : source["end"]]
                assert post["text"][segment["start"] : segment["end"]] == cut


def test_status_tells_the_way_before_and_after(walk: Walk) -> None:
    require_shape(walk.before, "status")
    require_shape(walk.delivered, "status")
    assert walk.approved["state"] == "approved"
    assert [one["state"] for one in walk.before["statements"]] == ["approved"]
    assert [one["state"] for one in walk.delivered["statements"]] == ["delivered"]


def test_delivering_again_sends_nothing_again(walk: Walk) -> None:
    assert walk.again == walk.delivered


@pytest.mark.parametrize("channel", CHANNELS)
def test_followers_read_what_was_approved_in_order_under_its_parents(
    walk: Walk, channel: str
) -> None:
    approved = next(one for one in walk.proof["channels"] if one["channel"] == channel)
    assert walk.texts[channel] == [post["text"] for post in approved["posts"]]
    assert len(walk.texts[channel]) > 1
    assert walk.parents[channel] == [None, *range(len(walk.texts[channel]) - 1)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_status_names_the_posts_as_the_network_does(walk: Walk, channel: str) -> None:
    deliveries = walk.delivered["statements"][0]["deliveries"]
    posts = next(one["posts"] for one in deliveries if one["channel"] == channel)
    assert [post["id"] for post in posts] == walk.ids[channel]
    assert [post["position"] for post in posts] == [*range(1, len(posts) + 1)]


def test_each_confirmed_subscriber_gets_one_mail_of_the_approved_words(walk: Walk) -> None:
    assert sorted(mail.recipients for mail in walk.mails) == [(reader,) for reader in READERS]
    for mail in walk.mails:
        token = urlsplit(mail.unsubscribe or "").path.removeprefix("/u/")
        text = walk.proof["mail"][0]["text"].replace("UNSUBSCRIBE-TOKEN", token)
        assert (mail.text or "").split() == text.split()
        assert mail.subject == walk.proof["mail"][0]["subject"]


def test_each_mail_has_a_way_out_of_its_own(walk: Walk) -> None:
    assert len({mail.unsubscribe for mail in walk.mails}) == len(READERS)
    for mail in walk.mails:
        headers = dict(mail.headers)
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/u/")


def test_the_record_is_whole_after_the_walk(walk: Walk) -> None:
    assert walk.audit["ok"] is True
    assert walk.audit["entries"] > 10


def test_a_submitted_text_may_come_from_standard_input(fresh: Installation) -> None:
    done = fresh.run("submit", "-", "--as", "Ana", "--json", stdin=TEXT.encode())
    require_shape(done.json(), "submit")
    assert fresh.status()["statements"][0]["statement"] == done.json()["statement"]


def test_a_text_handed_in_twice_is_one_statement(fresh: Installation) -> None:
    first = fresh.submit()
    again = fresh.run("submit", "statement.txt", "--as", "Cleo", "--json")
    assert again.json()["statement"] == first
    assert again.stderr == "This wording is here already; nothing was stored.\n"
    assert len(fresh.status()["statements"]) == 1


def test_deliver_answers_3_when_something_waits_for_a_person(
    fresh: Installation, world: World
) -> None:
    fresh.configure(channels={"bluesky": None, "mastodon": None})
    statement = fresh.submit()
    fresh.approve(statement)
    world.add_fault("x", "POST /2/tweets", "status", code=402)
    report = fresh.deliver(code=3)
    require_shape(report, "status")
    assert report["statements"][0]["state"] == "attention"
    assert report["statements"][0]["deliveries"][0]["state"] == "refused"


@pytest.mark.parametrize(
    "arguments",
    [("approve", "abc"), ("no-such-command",), ("status", "--no-such-option"), ("submit",)],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(fresh: Installation, arguments: tuple[str, ...]) -> None:
    done = fresh.run(*arguments, code=2)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_who_leaves_with_one_click_is_left_out_of_the_next_campaign(
    fresh: Installation, world: World, start: Run, free_port: int
) -> None:
    address = f"http://127.0.0.1:{free_port}"
    fresh.configure(channels=None, web={"url": address, "port": free_port})
    fresh.approve(fresh.submit())
    start("run")
    until(lambda: len(world.mail.mails) == 3)
    leaving = next(mail for mail in world.mails() if mail.recipients == ("eli@press.example",))
    assert leaving.unsubscribe and leaving.unsubscribe.startswith(address)
    assert httpx.get(leaving.unsubscribe).status_code == 200  # looking changes nothing
    left = httpx.post(leaving.unsubscribe, data={"List-Unsubscribe": "One-Click"})
    assert left.status_code == 200
    world.mail.reset()
    fresh.approve(fresh.submit(TEXT.replace("June", "July")))
    until(lambda: len(world.mail.mails) == 2)
    until(lambda: fresh.status()["statements"][0]["state"] == "delivered")
    assert world.recipients() == ["dana@reader.example", "fay@parliament.example"]
