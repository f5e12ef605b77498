"""X through tweepy: one post at a time, read back from the own timeline when in doubt.

X knows neither idempotency keys nor ids chosen by the client, so a lost answer
can only be cleared up by looking for the text.
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import logging
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import tweepy

from .. import config
from ..config import require_secret
from .base import (
    Absent,
    Account,
    ChannelError,
    Later,
    MediaFile,
    Outcome,
    Outgoing,
    Receipt,
    Refused,
    Removed,
    Sent,
    Surroundings,
    Unsure,
)
from .exchanges import Answer, Exchange, is_loopback, not_seen, not_sent
from .guards import Owner, cannot_edit, refuse_incomplete
from .requests_adapter import BoundedAdapter

_HOST = "https://api.twitter.com"  # built into tweepy
_MOST_PAGES = 8  # of 100 posts; each post read costs $0.001 (X price list, 2026-04)
_FIELDS = ["author_id", "entities", "note_tweet", "referenced_tweets"]
_T = TypeVar("_T")

# On DEBUG these write the signed Authorization header, or a bearer token, to the log.
for _chatty in ("tweepy", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class Adapter:
    """One account on X."""

    kind = "x"
    atomic = False
    repeatable = False
    editable = False

    def __init__(self, name: str, table: config.XChannel, around: Surroundings) -> None:
        self.name = name
        self._site = table.api.rstrip("/") if is_loopback(table.api) else "https://x.com"
        self._exchange = Exchange("X", table.timeout, around.is_halted, around.now)
        self._client = _client(f"channels.{name}", table)
        base = None if table.api.rstrip("/") == _HOST else table.api
        self._client.session.mount(_HOST, BoundedAdapter(self._exchange, base))
        self._owner = Owner(name, table.account, self.who_am_i)

    def who_am_i(self) -> Account:
        """The account of the access token. Raises ChannelError."""
        return self._ask(self._read_account)

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """Nothing goes out with a post on X, so there is nothing to freeze."""
        return [{} for _ in posts]

    def anchor(self) -> str:
        """The id of the newest own post. Raises ChannelError."""
        account = self._owner.account()
        page = self._read_page(account.id, max_results=5)
        return max((post["id"] for post in page["data"]), key=int, default="")

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """Send one post."""
        post = posts[0]
        if refusal := refuse_incomplete(posts):
            return refusal
        try:
            account = self._owner.account()
            media = [self._upload(file) for file in post.media]
        except ChannelError as error:
            return not_sent(error)
        self._exchange.forget()
        try:
            return Sent((self._send(post, media, account),))
        except Exception:
            return self._outcome(post)

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """Look for one post among the own posts newer than the anchor."""
        post = posts[0]
        try:
            account = self._owner.account()
            found = self._read_timeline(account.id, anchor)
            ours = [each["id"] for each in found if _is_same(each, post, account)]
        except Exception as error:
            return not_seen(error, "X")
        oldest = min(set(ours) - known, key=int, default=None)
        return Sent((self._receipt(oldest, account),)) if oldest else Absent()

    def remove(self, receipt: Receipt) -> Removed | Refused | Later | Unsure:
        """Delete one post."""
        try:
            self._owner.account()
        except ChannelError as error:
            return not_sent(error)
        self._exchange.forget()
        try:
            if self._client.delete_tweet(receipt.id)["data"]["deleted"] is True:
                return Removed()
            if not self._is_there(receipt.id):
                return Removed()
        except Exception:
            return self._exchange.removal(_explain)
        return Unsure("X has not deleted the post.")

    def edit(self, receipt: Receipt, post: Outgoing) -> Sent | Refused | Later | Unsure:
        """Not on X."""
        return cannot_edit("X")

    def close(self) -> None:
        """Release connections."""
        self._client.session.close()

    def _upload(self, file: MediaFile) -> str:
        """Bring a picture with its description; the id for posts. Raises ChannelError.

        tweepy has no method for it. X forgets what no post uses, so this may be repeated.
        """
        content = base64.b64encode(file.content).decode()
        id = self._bring("/2/media/upload", {"media": content, "media_category": "tweet_image"})
        return self._bring(
            "/2/media/metadata", {"id": id, "metadata": {"alt_text": {"text": file.alt}}}
        )

    def _bring(self, path: str, body: Mapping[str, Any]) -> str:
        """The id of what X has taken. Raises ChannelError."""
        return self._ask(
            lambda: _checked_id(
                self._client.request("POST", path, json=body, user_auth=True).json()["data"]
            )
        )

    def _send(self, post: Outgoing, media: Sequence[str], account: Account) -> Receipt:
        answer = self._client.create_tweet(
            text=post.payload["text"],
            in_reply_to_tweet_id=post.parent.id if post.parent else None,
            media_ids=list(media) or None,
        )
        return self._receipt(_checked_id(answer["data"]), account)

    def _receipt(self, id: str, account: Account) -> Receipt:
        return Receipt(id, f"{self._site}/{account.handle}/status/{id}")

    def _is_there(self, id: str) -> bool:
        """Whether X shows the post. Raises whatever goes wrong, ValueError for an odd body."""
        told = self._client.get_tweet(id, user_auth=True)
        if told.get("data"):
            return True
        if not any("not-found" in problem["type"] for problem in told["errors"]):
            raise ValueError("neither a post nor its absence")
        return False

    def _read_account(self) -> Account:
        data = self._client.get_me()["data"]
        return Account(_checked_id(data), data["username"], f"{self._site}/{data['username']}")

    def _read_timeline(self, account: str, anchor: str) -> list[Mapping[str, Any]]:
        """All own posts newer than the anchor. Raises ChannelError."""
        posts: list[Mapping[str, Any]] = []
        token = None
        for _ in range(_MOST_PAGES):
            page = self._read_page(account, since_id=anchor or None, pagination_token=token)
            posts += page["data"]
            token = page["meta"].get("next_token")
            if not token:
                return posts
        raise ChannelError("X has too many new posts to look through.", temporary=False)

    def _read_page(self, account: str, max_results: int = 100, **asked: Any) -> dict[str, Any]:
        """One page of own posts. Raises ChannelError, also for an odd or incomplete body."""

        def question() -> dict[str, Any]:
            page = self._client.get_users_tweets(
                account, max_results=max_results, tweet_fields=_FIELDS, user_auth=True, **asked
            )
            posts = [post for post in page.get("data", []) if _checked_id(post)]
            meta = page["meta"] if not posts else page.get("meta") or {}
            if meta.get("result_count", len(posts)) != len(posts):
                raise ValueError("an incomplete page")
            return {"data": posts, "meta": meta}

        return self._ask(question)

    def _ask(self, question: Callable[[], _T]) -> _T:
        self._exchange.forget()
        try:
            return question()
        except Exception:
            raise self._exchange.error(_explain) from None

    def _outcome(self, post: Outgoing) -> Refused | Later | Unsure:
        answer = self._exchange.answer
        if answer is not None and answer.status == 403:
            if "duplicate" in answer.detail.casefold():
                return Unsure("X says that it already has a post with this text.", taken=True)
            if post.parent and "deleted or not visible" in answer.detail:
                return Refused("The post that is replied to is no longer on X.")
            if post.parent and "spendcap" not in answer.body.decode("utf-8", "replace").casefold():
                return Refused(
                    "X does not let this account reply here, so the thread stops after its "
                    f"last post. {_quote(answer)}".strip()
                )
        return self._exchange.outcome(_explain)


def _client(where: str, table: config.XChannel) -> tweepy.Client:
    """The client with the four keys of OAuth 1.0a, which do not expire."""
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    keys = {name: require_secret(table, name, where) for name in names}
    return tweepy.Client(**keys, return_type=dict, wait_on_rate_limit=False)


def _checked_id(data: Mapping[str, Any]) -> str:
    """The id X gave: digits, as a string because it is beyond 2^53. Raises ValueError."""
    id = data["id"]
    if isinstance(id, str) and id.isdecimal():
        return id
    raise ValueError("an id of X is digits")


def _is_same(candidate: Mapping[str, Any], post: Outgoing, account: Account) -> bool:
    """Whether a post of the timeline has the author, the parent and the text of ours."""
    replied = [
        reference.get("id")
        for reference in candidate.get("referenced_tweets") or ()
        if reference.get("type") == "replied_to"
    ]
    return (
        candidate.get("author_id", account.id) == account.id
        and replied == ([post.parent.id] if post.parent else [])
        and _comparable(_written_text(candidate)) == _comparable(post.payload["text"])
    )


def _written_text(candidate: Mapping[str, Any]) -> str:
    """The text as it was sent.

    X escapes &, < and >, wraps links in t.co, and adds one more of these for pictures.
    """
    whole = candidate.get("note_tweet") or candidate
    text = html.unescape(whole.get("text", ""))
    for link in (whole.get("entities") or {}).get("urls") or ():
        shown = "" if _is_picture(link) else link.get("expanded_url") or link["url"]
        text = text.replace(link["url"], shown)
    return text


def _is_picture(link: Mapping[str, Any]) -> bool:
    shown = str(link.get("display_url"))
    return bool(link.get("media_key")) or shown.startswith(("pic.x.com/", "pic.twitter.com/"))


def _comparable(text: str) -> str:
    """X adds a scheme to bare domains, and trims and joins white space."""
    words = unicodedata.normalize("NFC", text).split()
    bare = (word.replace("https://", "").replace("http://", "") for word in words)
    return " ".join(word.rstrip("/") for word in bare)


_REASONS = {
    401: "X does not accept the keys of this channel. Make new ones in the developer "
    "portal and put them into the configuration.",
    402: "The X account is out of credit. Add credit in the developer portal.",
    404: "X does not find the post that is replied to, or the account.",
}


def _explain(answer: Answer) -> str:
    if "spendcap" in answer.body.decode("utf-8", "replace").casefold():
        return "The spending cap of the X account is reached. Raise it in the developer portal."
    reason = _REASONS.get(answer.status) or f"X refuses this (error {answer.status})."
    return f"{reason} {_quote(answer)}".strip()


def _quote(answer: Answer) -> str:
    return f"It says: {answer.detail}" if answer.detail else ""
