"""Mastodon through Mastodon.py: one post at a time, with a key that the server remembers.

The key lasts an hour, some servers ignore it (GoToSocial) and some answer 500
to a repeated one although the post exists (mastodon#40399), so it is an extra,
and reading back decides.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import mastodon
import requests

from .. import config
from ..config import require_secret
from ..statements.values import canonical_json
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
from .exchanges import Answer, Exchange, not_seen, not_sent
from .guards import Owner, not_ours, refuse_incomplete
from .mastodon_html import comparable, text_of
from .requests_adapter import BoundedAdapter

_PAGE = 40  # the most statuses Mastodon gives at once
_MOST_PAGES = 10
_T = TypeVar("_T")


class Adapter:
    """One account on a Mastodon instance."""

    kind = "mastodon"
    atomic = False
    repeatable = False
    editable = True

    def __init__(self, name: str, table: config.MastodonChannel, around: Surroundings) -> None:
        self.name = name
        self._instance = table.instance.rstrip("/")
        self._exchange = Exchange("Mastodon", table.timeout, around.is_halted, around.now)
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, BoundedAdapter(self._exchange))
        self._client = mastodon.Mastodon(
            access_token=require_secret(table, "access_token", f"channels.{name}"),
            api_base_url=self._instance,
            ratelimit_method="throw",  # the default sleeps inside the call
            request_timeout=table.timeout,
            version_check_mode="none",
            session=self._session,
            user_agent="distributor",
        )
        self._owner = Owner(name, table.account, self.who_am_i)
        self._in_work: dict[MediaFile, str] = {}  # uploads the server has not finished with

    def who_am_i(self) -> Account:
        """The account of the access token. Raises ChannelError."""
        return self._ask(self._read_account)

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """One idempotency key per post; other text or place, other key."""
        return [
            {"key": hashlib.sha256(canonical_json([seed, position, post])).hexdigest()}
            for position, post in enumerate(posts, start=1)
        ]

    def anchor(self) -> str:
        """The id of the newest own post. Raises ChannelError."""
        newest = self._read_statuses(limit=1)
        return str(newest[0]["id"]) if newest else ""

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """Send one post."""
        post = posts[0]
        if refusal := refuse_incomplete(posts):
            return refusal
        try:
            self._owner.account()
            attached = [self._attach(file) for file in post.media]
        except ChannelError as error:
            return not_sent(error)
        self._exchange.forget()
        try:
            status = self._send(post, attached)
        except Exception:
            return self._exchange.outcome(_explain if post.parent else _explain_first)
        return self._confirm(status, post)

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """Look for one post among the own posts newer than the anchor."""
        alone, parent = None, posts[0].parent
        try:
            for status in self._newer_than(anchor):
                if str(status["id"]) in known:
                    continue
                if self._is_same(status, posts[0]):
                    return Sent((_receipt(status),))
                if alone is None and self._may_have_lost_its_parent(status, posts[0]):
                    alone = status
            if alone and parent and self._is_gone(parent):
                return Sent((_receipt(alone),))
        except Exception as error:
            return not_seen(error, "Mastodon")
        return Absent()

    def remove(self, receipt: Receipt) -> Removed | Refused | Later | Unsure:
        """Delete one status."""
        try:
            account = self._owner.account()
        except ChannelError as error:
            return not_sent(error)
        self._exchange.forget()
        try:
            if self._author(receipt) != account.id:
                return not_ours(self.name)
            self._exchange.forget()
            removed = self._client.status_delete(receipt.id)
            if str(removed["id"]) == receipt.id:
                return Removed()
        except Exception:
            return self._exchange.removal(_explain)
        return Unsure("Mastodon answered with something else than this post.")

    def edit(self, receipt: Receipt, post: Outgoing) -> Sent | Refused | Later | Unsure:
        """Change a status; its visibility, language and warning stay as they are.

        The server forgets the pictures that an edit does not name.
        """
        if refusal := refuse_incomplete([post]):
            return refusal
        try:
            account = self._owner.account()
            status = self._ask(lambda: self._read_status(receipt.id), _gone(receipt))
            if _checked_id(status["account"]) != account.id:
                return not_ours(self.name)
            attached = _kept_media(status, post)
            if attached is not None and self._read_source(status) == post.payload["text"]:
                return Sent((_receipt(status),))  # an earlier request has changed it
            if attached is None:
                attached = [self._attach(file) for file in post.media]
        except ChannelError as error:
            return not_sent(error)
        self._exchange.forget()
        try:
            changed = self._change(status, post, attached)
            if str(changed["id"]) == receipt.id and self._says(changed, post):
                return Sent((_receipt(changed),))
        except Exception:
            return self._exchange.outcome(_gone(receipt))
        return Unsure("Mastodon answered with something else than this post.")

    def close(self) -> None:
        """Release connections."""
        self._session.close()

    def _attach(self, file: MediaFile) -> str:
        """The id of an uploaded picture that may be attached. Raises ChannelError.

        A server that is still working on it (202, 206) is asked again with the
        next attempt; whatever else goes wrong, that attempt uploads anew.
        """
        id = self._in_work.pop(file, None)
        if id is None:
            id = self._ask(lambda: self._upload(file))
        else:
            self._ask_again(id)
        if self._exchange.answer and self._exchange.answer.status in (202, 206):
            self._in_work[file] = id
            raise ChannelError("Mastodon is still working on the picture.", temporary=True)
        return id

    def _upload(self, file: MediaFile) -> str:
        content = io.BytesIO(file.content)
        return _checked_id(self._client.media_post(content, file.mime, description=file.alt))

    def _ask_again(self, id: str) -> None:
        try:
            self._ask(lambda: self._client.media(id))
        except ChannelError as error:
            raise ChannelError(str(error), temporary=True, until=error.until) from None

    def _send(self, post: Outgoing, attached: Sequence[str]) -> Mapping[str, Any]:
        status: Mapping[str, Any] = self._client.status_post(
            post.payload["text"],
            in_reply_to_id=post.parent.id if post.parent else None,
            language=_iso_639(post.payload["language"]),
            visibility=post.payload["visibility"],
            media_ids=list(attached) or None,
            idempotency_key=post.transport["key"],
        )
        return status

    def _read_status(self, id: str) -> Mapping[str, Any]:
        """One status, with everything that an edit needs. Raises whatever is wrong with it."""
        status: Mapping[str, Any] = self._client.status(id)
        _checked_id(status["account"])
        if str(status["id"]) != id or not all(_checked_id(m) for m in status["media_attachments"]):
            raise ValueError("another status")
        return status

    def _change(
        self, status: Mapping[str, Any], post: Outgoing, attached: Sequence[str]
    ) -> Mapping[str, Any]:
        changed: Mapping[str, Any] = self._client.status_update(
            status["id"],
            post.payload["text"],
            spoiler_text=status["spoiler_text"] or None,
            sensitive=bool(status["sensitive"]),
            media_ids=list(attached) or None,
        )
        return changed

    def _confirm(self, status: Mapping[str, Any], post: Outgoing) -> Sent | Unsure:
        """Whether the answer shows our post: anything with 200 passes for a status otherwise."""
        with contextlib.suppress(Exception):
            if self._is_same(status, post):
                return Sent((_receipt(status),))
        return Unsure("Mastodon answered with something else than this post.")

    def _read_account(self) -> Account:
        account = self._client.account_verify_credentials()
        handle = str(account["acct"] or account["username"])
        url = account["url"] or f"{self._instance}/@{handle}"
        return Account(_checked_id(account), handle, str(url))

    def _newer_than(self, anchor: str) -> Iterator[Mapping[str, Any]]:
        """All own statuses newer than the anchor, oldest first. Raises ChannelError.

        Without an anchor there is no lower end, so only the newest page is read.
        """
        for _ in range(_MOST_PAGES if anchor else 1):
            page = self._read_statuses(min_id=anchor or None)
            yield from reversed(page)
            if len(page) < (1 if anchor else _PAGE):
                return
            anchor = max((_checked_id(status) for status in page), key=_age)
        raise ChannelError("Mastodon has too many new posts to look through.", temporary=False)

    def _read_statuses(self, limit: int = _PAGE, **asked: Any) -> list[Mapping[str, Any]]:
        """One page of own statuses. Raises ChannelError, also for an odd body."""
        account = self._owner.account()

        def question() -> list[Mapping[str, Any]]:
            page = self._client.account_statuses(
                account.id, exclude_reblogs=True, limit=limit, **asked
            )
            # The library makes an empty list of anything that is not a list.
            if self._exchange.answer is None or not isinstance(self._exchange.answer.value(), list):
                raise ValueError("not a list of statuses")
            return [status for status in page if _checked_id(status)]

        return self._ask(question)

    def _is_same(self, status: Mapping[str, Any], post: Outgoing) -> bool:
        """Whether a status has the parent and the text of ours. Raises ChannelError."""
        return _has_parent(status, post) and self._says(status, post)

    def _may_have_lost_its_parent(self, status: Mapping[str, Any], post: Outgoing) -> bool:
        """Whether it stands alone in our words: deleting a post frees what replied to it."""
        is_alone = post.parent is not None and not status["in_reply_to_id"]
        return is_alone and self._says(status, post)

    def _is_gone(self, receipt: Receipt) -> bool:
        """Whether the server does not know a post any more. Raises ChannelError."""
        try:
            self._ask(lambda: self._read_status(receipt.id))
        except ChannelError:
            answer = self._exchange.answer
            if answer is not None and answer.status in (404, 410) and answer.json():
                return True
            raise
        return False

    def _says(self, status: Mapping[str, Any], post: Outgoing) -> bool:
        """Whether a status has the text of ours. Raises ChannelError."""
        return _reads_as(text_of(status["content"]), post) or _reads_as(
            self._read_source(status), post
        )

    def _author(self, receipt: Receipt) -> str:
        """The id of the account that sent a status; asked for where the receipt is a person's."""
        return receipt.extra.get("account") or _checked_id(
            self._client.status(receipt.id)["account"]
        )

    def _read_source(self, status: Mapping[str, Any]) -> str:
        """The text as it was sent; "" where the server does not keep it."""
        try:
            return str(self._ask(lambda: self._client.status_source(status["id"])["text"]))
        except ChannelError as error:
            if error.temporary:
                raise
            return ""

    def _ask(
        self, question: Callable[[], _T], explain: Callable[[Answer], str] | None = None
    ) -> _T:
        self._exchange.forget()
        try:
            return question()
        except Exception:
            raise self._exchange.error(explain or _explain) from None


def _receipt(status: Mapping[str, Any]) -> Receipt:
    """The receipt; `visibility` may be less than was asked for on a silenced account."""
    author = status.get("account") or {}
    return Receipt(
        _checked_id(status),
        str(status["url"]),
        {"visibility": str(status["visibility"]), "account": str(author.get("id") or "")},
    )


def _checked_id(thing: Mapping[str, Any]) -> str:
    """The id: digits on Mastodon, letters elsewhere. Raises ValueError when there is none."""
    if not thing["id"]:
        raise ValueError("no id")
    return str(thing["id"])


def _kept_media(status: Mapping[str, Any], post: Outgoing) -> list[str] | None:
    """The ids of the status's pictures, if they are the ones that the post has."""
    there, wanted = status["media_attachments"], post.payload["media"]
    same = [medium["sha256"] for medium in wanted] == post.payload["replaces"]["media"]
    described = [medium["alt"] for medium in wanted] == [each["description"] for each in there]
    return [_checked_id(each) for each in there] if same and described else None


def _has_parent(status: Mapping[str, Any], post: Outgoing) -> bool:
    return str(status["in_reply_to_id"] or "") == (post.parent.id if post.parent else "")


def _reads_as(text: str, post: Outgoing) -> bool:
    return comparable(text) == comparable(post.payload["text"])


def _age(id: str) -> tuple[int, str]:
    """Orders ids by age: numbers by value, GoToSocial's letters as they are."""
    return len(id), id


def _iso_639(language: str) -> str:
    return language.partition("-")[0].lower()


_REASONS = {
    401: "Mastodon does not accept the access token of this channel. Make a new one "
    "and put it into the configuration.",
    403: "Mastodon does not allow this account or token to do that. It needs the scopes "
    "write:statuses, write:media, read:statuses and read:accounts.",
    404: "Mastodon does not find the post that is replied to.",
}


def _explain_first(answer: Answer) -> str:
    """How a refusal of a post that replies to nothing is told."""
    if answer.status not in (404, 410) or not answer.json():  # a proxy says it with a page
        return _explain(answer)
    return _quoted("Mastodon had this post, and somebody deleted it, so it stays away.", answer)


def _gone(receipt: Receipt) -> Callable[[Answer], str]:
    """How a refusal to change this post is told."""

    def explain(answer: Answer) -> str:
        if answer.status not in (404, 410):
            return _explain(answer)
        return (
            f"The post {receipt.url} is no longer on Mastodon. Somebody deleted it, so it is "
            "not corrected."
        )

    return explain


def _explain(answer: Answer) -> str:
    reason = _REASONS.get(answer.status) or f"Mastodon refuses this (error {answer.status})."
    return _quoted(reason, answer)


def _quoted(reason: str, answer: Answer) -> str:
    return f"{reason} It says: {answer.detail}" if answer.detail else reason
