"""A person names a post by its id or its address; anything else is told at once."""

from __future__ import annotations

import pytest

from distributor import config
from distributor.channels.receipts import receipt_of
from distributor.errors import BadInput

X = config.XChannel(account="@Ana_Speaks")
BLUESKY = config.BlueskyChannel(handle="ana.example")
MASTODON = config.MastodonChannel(instance="https://social.example")
KEY = "3lbx2kq4zxs2a"
URI = f"at://ana.example/app.bsky.feed.post/{KEY}"

FOUND = [
    (X, "1860000000000000001", "1860000000000000001"),
    (X, " https://x.com/ana_speaks/status/186 ", "186"),
    (X, "https://twitter.com/i/web/status/186/", "186"),
    (X, "https://mobile.x.com/Ana_Speaks/status/186?s=20", "186"),
    (BLUESKY, KEY, URI),
    (BLUESKY, f"https://bsky.app/profile/ana.example/post/{KEY}", URI),
    (BLUESKY, f"https://bsky.app/profile/did:plc:abc/post/{KEY}", URI),
    (BLUESKY, f"at://did:plc:abc/app.bsky.feed.post/{KEY}", URI),
    (MASTODON, "113000000000000001", "113000000000000001"),
    (MASTODON, "https://social.example/@ana/113", "113"),
    (MASTODON, "https://social.example/@ana/statuses/01HZX", "01HZX"),
    (MASTODON, "https://social.example/web/statuses/113", "113"),
]
REFUSED = [
    (X, "tomorrow"),
    (X, ""),
    (X, "١٢٣"),
    (X, "https://x.com/ben_speaks/status/186"),
    (X, "https://x.example/ana_speaks/status/186"),
    (X, "https://x.com/ana_speaks/status/186/photo/1/../../7"),
    (X, "https://[broken/status/1"),
    (BLUESKY, "186"),
    (BLUESKY, f"https://bsky.app/profile/ben.example/post/{KEY}"),
    (BLUESKY, f"at://did:plc:abc/app.bsky.feed.like/{KEY}"),
    (MASTODON, "https://other.example/@ana/113"),
    (MASTODON, "https://social.example/@ana@other.example/113"),
]


@pytest.mark.parametrize(("table", "where", "id"), FOUND)
def test_the_id_is_taken_out_of_what_a_person_brings(
    table: config.ChannelTable, where: str, id: str
) -> None:
    assert receipt_of(where, table).id == id


@pytest.mark.parametrize(("table", "where"), REFUSED)
def test_what_names_no_post_of_this_channel_is_refused(
    table: config.ChannelTable, where: str
) -> None:
    with pytest.raises(BadInput):
        receipt_of(where, table)


def test_a_sandbox_is_its_own_site() -> None:
    table = config.XChannel(api="http://127.0.0.1:9/", account="ana")
    found = receipt_of("http://127.0.0.1:9/ana/status/7", table)
    assert (found.id, found.url) == ("7", "http://127.0.0.1:9/ana/status/7")
