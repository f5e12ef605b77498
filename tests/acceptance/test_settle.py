"""A person settles what the program cannot know, on the command line."""

from __future__ import annotations

import pytest

from tests.acceptance.expecting import require_exactly_once
from tests.acceptance.installation import Done, Installation
from tests.acceptance.world import World

POSTING = {"x": "POST /2/tweets", "mastodon": "POST /api/v1/statuses"}
READING = {"x": "GET /2/users/*/tweets*", "mastodon": "GET /api/v1/accounts/*/statuses*"}


def only(here: Installation, channel: str | None) -> None:
    """Leave one channel without mail, or the mailing list alone."""
    others = dict.fromkeys(name for name in ("x", "bluesky", "mastodon") if name != channel)
    here.configure(channels=others, **({"lists": None} if channel else {}))


def settle(here: Installation, *arguments: str, name: str = "Ben", code: int = 0) -> Done:
    return here.run("settle", *arguments, "--as", name, "--json", code=code)


@pytest.fixture(params=POSTING)
def channel(request: pytest.FixtureRequest) -> str:
    """A channel that sends post after post."""
    return str(request.param)


@pytest.fixture
def refused(fresh: Installation, world: World, channel: str) -> str:
    """A statement whose thread stopped at the second post, which is nowhere."""
    only(fresh, channel)
    statement = fresh.submit()
    fresh.approve(statement)
    world.add_fault(channel, POSTING[channel], "status", code=403, after=1)
    fresh.deliver(code=3)
    return statement


@pytest.fixture
def unsure(fresh: Installation, world: World, channel: str) -> str:
    """A statement whose second post is out, but its answer was lost and reading is forbidden."""
    only(fresh, channel)
    statement = fresh.submit()
    fresh.approve(statement)
    world.add_fault(channel, POSTING[channel], "drop_after", after=1)
    world.add_fault(channel, READING[channel], "status", code=403, after=1, times=None)
    fresh.deliver(code=3)
    assert fresh.status(statement)["deliveries"][0]["state"] == "unsure"
    return statement


def test_a_post_that_is_not_there_is_sent_and_the_thread_goes_on(
    fresh: Installation, world: World, refused: str, channel: str
) -> None:
    report = settle(fresh, refused, channel, "2", "--resend").json()
    assert report["deliveries"][0]["posts"][1]["state"] == "waiting"
    fresh.deliver()
    require_exactly_once(world, fresh.json("proof", refused), fresh.status(refused))


def test_a_post_that_is_there_is_noted_and_the_thread_goes_on_below_it(
    fresh: Installation, world: World, unsure: str, channel: str
) -> None:
    there = world.networks[channel].seen()[1]
    report = settle(fresh, unsure, channel, "2", "--sent", there.url).json()
    assert report["deliveries"][0]["posts"][1]["id"] == there.id
    fresh.deliver()
    require_exactly_once(world, fresh.json("proof", unsure), fresh.status(unsure))
    assert fresh.json("audit", "verify")["ok"] is True


@pytest.mark.parametrize("channel", ["x"], indirect=True)
def test_only_an_approver_or_admin_settles(fresh: Installation, refused: str) -> None:
    for name in ("Ana", "Cleo"):
        done = settle(fresh, refused, "x", "2", "--resend", name=name, code=1)
        assert done.stderr.startswith(f"{name} may not settle")
    settle(fresh, refused, "x", "2", "--resend", name="Abe")


@pytest.mark.parametrize("channel", ["x"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("x", "1", "--resend"), "The thread on x stopped at post 2. Settle that."),
        (("x", "3", "--sent", "77"), "The thread on x stopped at post 2. Settle that."),
        (("mastodon", "1", "--resend"), "has no thread on mastodon"),
        (("mastodon", "1", "--sent", "77"), "There is no channel mastodon"),
        (("x", "2", "--sent", "https://x.com/ben/status/1"), "This is a post of ben"),
        (("statements", "--skip"), "has no mail to statements"),
    ],
)
def test_what_cannot_be_settled_is_refused_with_a_sentence(
    fresh: Installation, refused: str, arguments: tuple[str, ...], sentence: str
) -> None:
    before = fresh.status(refused)
    assert sentence in settle(fresh, refused, *arguments, code=1).stderr
    assert fresh.status(refused) == before


@pytest.mark.parametrize("channel", ["x"], indirect=True)
def test_a_post_of_ours_is_not_noted_twice(fresh: Installation, refused: str) -> None:
    first = fresh.status(refused)["deliveries"][0]["posts"][0]["id"]
    done = settle(fresh, refused, "x", "2", "--sent", first, code=1)
    assert "noted already" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("x", "2"),
        ("x", "2", "--skip"),
        ("x", "2", "--sent", "7", "--resend"),
        ("statements", "--sent", "7"),
        ("statements", "--skip", "--resend"),
        ("x", "second", "--resend"),
    ],
    ids=" ".join,
)
def test_settling_in_no_clear_way_is_wrong_usage(
    fresh: Installation, arguments: tuple[str, ...]
) -> None:
    assert settle(fresh, "abc", *arguments, code=2).stdout == ""


@pytest.fixture
def mailed(fresh: Installation, world: World) -> str:
    """A statement of whose three mails one may have arrived or not."""
    only(fresh, None)
    statement = fresh.submit()
    fresh.approve(statement)
    world.add_fault("mail", "DOT *", "drop_after")
    fresh.deliver(code=3)
    assert fresh.status(statement)["campaigns"][0]["unsure"] == 1
    return statement


def test_unsure_mails_can_be_left_as_they_are(
    fresh: Installation, world: World, mailed: str
) -> None:
    (campaign,) = settle(fresh, mailed, "statements", "--skip").json()["campaigns"]
    assert (campaign["sent"], campaign["unsure"], campaign["skipped"]) == (2, 0, 1)
    fresh.deliver()
    assert len(world.recipients()) == 3
    assert fresh.status(mailed)["state"] == "delivered"


def test_unsure_mails_can_be_sent_again(fresh: Installation, world: World, mailed: str) -> None:
    settle(fresh, mailed, "statements", "--resend")
    fresh.deliver()
    assert fresh.status(mailed)["campaigns"][0]["sent"] == 3
    assert len(world.recipients()) == 4  # the one in doubt had arrived


def test_settled_mails_wait_for_nobody(fresh: Installation, mailed: str) -> None:
    settle(fresh, mailed, "statements", "--skip")
    done = settle(fresh, mailed, "statements", "--resend", code=1)
    assert "waits for a person" in done.stderr
