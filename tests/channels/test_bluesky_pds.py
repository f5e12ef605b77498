"""The Bluesky channel against the real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from distributor import config
from distributor.channels import open_channel
from distributor.channels.base import (
    Absent,
    Channel,
    Refused,
    Removed,
    Sent,
    Surroundings,
    Unsure,
)
from distributor.rendering.pictures import encode
from tests.channels.stages import (
    KeptSession,
    below,
    illustrated,
    linking,
    picture,
    sent,
    single,
    thread,
)
from tests.servers.pds import Pds, PdsAccount

POST = "app.bsky.feed.post"
PIXEL = encode(Image.new("RGB", (4, 3), "#0a6b66")).content


@pytest.fixture
def account(pds: Pds) -> PdsAccount:
    """A fresh account on the server."""
    return pds.create_account()


@pytest.fixture
def table(pds: Pds, account: PdsAccount, tmp_path: Path) -> config.BlueskyChannel:
    """The settings of a channel that speaks for the account."""
    secret = tmp_path / "app-password"
    secret.write_text(account.app_password)
    return config.BlueskyChannel(
        handle=account.handle, service=pds.url, app_password_file=str(secret)
    )


@pytest.fixture
def session() -> KeptSession:
    return KeptSession()


@pytest.fixture
def channel(table: config.BlueskyChannel, session: KeptSession) -> Iterator[Channel]:
    """The channel."""
    opened = open_channel("main", table, Surroundings(session.store))
    yield opened
    opened.close()


def records(pds: Pds, account: PdsAccount) -> list[dict[str, Any]]:
    """All posts of the account, oldest first."""
    asked = {"repo": account.did, "collection": POST, "reverse": "true", "limit": "100"}
    answer = httpx.get(f"{pds.url}/xrpc/com.atproto.repo.listRecords", params=asked)
    listed: list[dict[str, Any]] = answer.json()["records"]
    return listed


def test_a_single_post_arrives(pds: Pds, account: PdsAccount, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel, "Libérez-les 🕊️", language="fr")))
    [record] = records(pds, account)
    assert (record["uri"], record["cid"]) == (receipt.id, receipt.extra["cid"])
    assert (record["value"]["text"], record["value"]["langs"]) == ("Libérez-les 🕊️", ["fr"])


def test_a_thread_of_five_arrives_in_one_write(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    outcome = channel.publish(thread(channel, *(f"Part {number}/5" for number in range(1, 6))))
    assert isinstance(outcome, Sent)
    found = records(pds, account)
    assert [each["cid"] for each in found] == [each.extra["cid"] for each in outcome.receipts]
    parents = [each["value"]["reply"]["parent"]["uri"] for each in found[1:]]
    roots = {each["value"]["reply"]["root"]["uri"] for each in found[1:]}
    assert parents == [each["uri"] for each in found[:4]] and roots == {found[0]["uri"]}


@pytest.mark.parametrize("count", [1, 3])
def test_sending_again_changes_nothing(
    pds: Pds, account: PdsAccount, channel: Channel, count: int
) -> None:
    posts = thread(channel, *(f"Part {number}" for number in range(count)))
    first = channel.publish(posts)
    before = records(pds, account)
    assert channel.publish(posts) == first and records(pds, account) == before
    assert channel.look_up(posts, "", frozenset()) == first


def test_a_key_that_is_taken_by_other_words_is_left_alone(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    sent(channel.publish(single(channel, "The first words.")))
    outcome = channel.publish(single(channel, "Other words."))
    assert isinstance(outcome, Unsure) and outcome.taken
    assert [each["value"]["text"] for each in records(pds, account)] == ["The first words."]


def test_of_a_thread_that_is_there_in_part_only_the_rest_is_sent(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    posts = thread(channel, "One.", "Two.", "Three.")
    assert channel.look_up(posts, "", frozenset()) == Absent()
    first = sent(channel.publish(posts[:1]))
    assert isinstance(channel.publish(posts), Sent)
    assert [each["value"]["text"] for each in records(pds, account)] == ["One.", "Two.", "Three."]
    assert channel.anchor() != first.id


def test_a_reply_stands_under_the_post_of_another_day(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    first = sent(channel.publish(single(channel)))
    [reply] = thread(channel, "A correction.", seed="another day")
    sent(channel.publish([below(reply, first)]))
    replies = [each["value"].get("reply") for each in records(pds, account)]
    reference = {"uri": first.id, "cid": first.extra["cid"]}
    assert {"root": reference, "parent": reference} in replies


def test_a_reply_to_a_post_that_is_gone_is_refused(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    first = sent(channel.publish(single(channel)))
    assert channel.remove(first) == Removed()
    [reply] = thread(channel, "A correction.", seed="another day")
    outcome = channel.publish([below(reply, first)])
    assert isinstance(outcome, Refused) and "no longer on Bluesky" in outcome.reason
    assert records(pds, account) == []


def test_facets_count_bytes_and_the_card_is_kept(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    text = f"À Ürümqi 🕊️ #Uyghurs, @{account.handle}: example.org"
    facets = [
        facet(text, "#Uyghurs", "tag", "Uyghurs"),
        facet(text, f"@{account.handle}", "mention", account.handle),
        facet(text, "example.org", "link", "https://example.org/a"),
    ]
    card = {"url": "https://example.org/a", "title": "Le titre", "description": "Deux mots"}
    sent(channel.publish(single(channel, text, facets=facets, card=card)))
    value = records(pds, account)[0]["value"]
    covered = [
        text.encode()[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode()
        for each in value["facets"]
    ]
    assert covered == ["#Uyghurs", f"@{account.handle}", "example.org"]
    assert value["facets"][1]["features"][0]["did"] == account.did
    assert value["embed"]["external"] == {
        "uri": card["url"],
        "title": card["title"],
        "description": card["description"],
    }


def test_a_thread_is_removed_from_its_end_and_asking_again_is_harmless(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    outcome = channel.publish(thread(channel, "One.", "Two."))
    assert isinstance(outcome, Sent)
    first, second = outcome.receipts
    assert [channel.remove(second), channel.remove(second)] == [Removed(), Removed()]
    assert [each["uri"] for each in records(pds, account)] == [first.id]
    assert channel.remove(first) == Removed() and records(pds, account) == []


def facet(text: str, words: str, kind: str, value: str) -> dict[str, Any]:
    start = len(text[: text.index(words)].encode())
    return {"start": start, "end": start + len(words.encode()), "kind": kind, "value": value}


def test_a_post_that_is_too_long_is_refused_with_its_whole_thread(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    outcome = channel.publish(thread(channel, "One.", "x" * 301))
    assert isinstance(outcome, Refused) and "300" in outcome.reason
    assert records(pds, account) == []


def test_a_mention_of_nobody_is_refused(channel: Channel) -> None:
    facets = [facet("@nobody.test", "@nobody.test", "mention", "nobody.test")]
    outcome = channel.publish(single(channel, "@nobody.test", facets=facets))
    assert isinstance(outcome, Refused) and "@nobody.test" in outcome.reason


def test_a_kept_session_is_used_and_renewed(
    table: config.BlueskyChannel, session: KeptSession, channel: Channel, account: PdsAccount
) -> None:
    assert channel.who_am_i().id == account.did
    again = open_channel("main", table, Surroundings(session.store))
    assert again.who_am_i().handle == account.handle and len(session.saved) == 1
    again.close()


def test_a_wrong_app_password_is_refused(
    table: config.BlueskyChannel, tmp_path: Path, session: KeptSession
) -> None:
    (tmp_path / "app-password").write_text("not-the-pass-word")
    wrong = open_channel("main", table, Surroundings(session.store))
    outcome = wrong.publish(single(wrong))
    wrong.close()
    assert isinstance(outcome, Refused) and "app password" in outcome.reason


def test_a_post_with_a_picture_arrives_under_the_id_we_computed(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    posts = illustrated(channel, picture(PIXEL, "A crowd\nThe Forum"))
    receipt = sent(channel.publish(posts))
    [record] = records(pds, account)
    (image,) = record["value"]["embed"]["images"]
    assert (record["cid"], image["alt"]) == (receipt.extra["cid"], "A crowd\nThe Forum")
    asked = {"did": account.did, "cid": image["image"]["ref"]["$link"]}
    assert httpx.get(f"{pds.url}/xrpc/com.atproto.sync.getBlob", params=asked).content == PIXEL
    assert channel.look_up(posts, "", frozenset()) == channel.publish(posts) == Sent((receipt,))


def test_a_link_card_with_a_picture_arrives_under_the_id_we_computed(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    posts = linking(channel, picture(PIXEL))
    receipt = sent(channel.publish(posts))
    [record] = records(pds, account)
    thumb = record["value"]["embed"]["external"]["thumb"]
    assert (record["cid"], thumb["size"]) == (receipt.extra["cid"], len(PIXEL))
    asked = {"did": account.did, "cid": thumb["ref"]["$link"]}
    assert httpx.get(f"{pds.url}/xrpc/com.atproto.sync.getBlob", params=asked).content == PIXEL
    assert channel.look_up(posts, "", frozenset()) == channel.publish(posts) == Sent((receipt,))


def test_a_picture_of_a_thread_and_of_its_link_card_may_be_the_same(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    (first,), (last,) = (
        illustrated(channel, picture(PIXEL, "A crowd")),
        linking(channel, picture(PIXEL), seed="another place"),
    )
    assert isinstance(channel.publish([first, last]), Sent)
    kinds = {record["value"]["embed"]["$type"] for record in records(pds, account)}
    assert kinds == {"app.bsky.embed.images", "app.bsky.embed.external"}


def test_a_picture_too_large_for_a_link_card_is_refused_there(
    pds: Pds, account: PdsAccount, channel: Channel
) -> None:
    outcome = channel.publish(linking(channel, picture(PIXEL + bytes(1_000_000))))
    assert isinstance(outcome, Refused) and records(pds, account) == []
