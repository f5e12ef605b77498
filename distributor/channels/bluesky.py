"""Bluesky through atproto: a whole thread in one write, under keys of our own.

The records and their keys are fixed before the first request, so a repeated
write changes nothing, and what is there can be told by its content id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .. import config
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
from .bluesky_records import COLLECTION, Record, blob_of, make_keys, make_records
from .bluesky_session import BlueskySession
from .exchanges import Answer, is_loopback, not_seen, not_sent
from .guards import Owner, cannot_edit, not_ours, refuse_incomplete

_T = TypeVar("_T")


class Adapter:
    """One account on Bluesky."""

    kind = "bluesky"
    atomic = True
    repeatable = True
    editable = False

    def __init__(self, name: str, table: config.BlueskyChannel, around: Surroundings) -> None:
        self.name = name
        service = table.service.rstrip("/")
        self._site = service if is_loopback(service) else "https://bsky.app"
        self._session = BlueskySession(f"channels.{name}", table, around)
        self._exchange = self._session.exchange
        self._owner = Owner(name, table.handle, self.who_am_i)
        self._dids: dict[str, str] = {}  # of handles that were mentioned

    def who_am_i(self) -> Account:
        """The account of the app password. Raises ChannelError."""
        told = self._ask(lambda: self._session.query("com.atproto.server.getSession"))
        did, handle = str(told["did"]), str(told["handle"])
        return Account(did, handle, f"{self._site}/profile/{handle}")

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """Record keys and moments, one millisecond apart."""
        return make_keys(len(posts), seed, now)

    def anchor(self) -> str:
        """The URI of the newest own post. Raises ChannelError."""
        asked = {"repo": self._owner.account().id, "collection": COLLECTION, "limit": 1}
        told = self._ask(lambda: self._session.query("com.atproto.repo.listRecords", **asked))
        return str(told["records"][0]["uri"]) if told["records"] else ""

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """Send posts that follow each other: all of them or none."""
        if refusal := refuse_incomplete(posts):
            return refusal
        try:
            account = self._owner.account()
            self._require_parent(posts[0], account)
            records = self._make_records(posts, account)
            for file in _files(posts):
                self._upload(file)
        except ChannelError as error:
            return not_sent(error)
        outcome = self._write(records, account)
        if isinstance(outcome, Unsure) and self._exchange.answer is not None:
            outcome = self._write_rest(records, account, outcome)
        return outcome or Sent(self._receipts(records, account))

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """Read the records by their keys.

        They were written together, so of a thread that is there in part somebody deleted the rest.
        """
        try:
            account = self._owner.account()
            records = self._make_records(posts, account)
            missing = self._missing(records, account)
        except Exception as error:
            return not_seen(error, "Bluesky")
        if 0 < len(missing) < len(records):
            gone = ", ".join(str(post.position) for post in _of(missing, posts))
            return Unsure(
                f"of these posts, Bluesky has all but {gone}: somebody deleted what is gone"
            )
        return Absent() if missing else Sent(self._receipts(records, account))

    def remove(self, receipt: Receipt) -> Removed | Refused | Later | Unsure:
        """Delete one record; the server says the same when there is none."""
        try:
            account = self._owner.account()
        except ChannelError as error:
            return not_sent(error)
        repo, _, path = receipt.id.removeprefix("at://").partition("/")
        if repo not in (account.id, account.handle):
            return not_ours(self.name)
        key = path.rpartition("/")[2]
        body = {"repo": account.id, "collection": COLLECTION, "rkey": key}
        self._exchange.forget()
        try:
            told = self._session.call("com.atproto.repo.deleteRecord", body)
            if "commit" in told or self._content_id(key, account) is None:
                return Removed()
        except Exception:
            return self._exchange.outcome(_explain)
        return Unsure("Bluesky has not deleted the post.")

    def edit(self, receipt: Receipt, post: Outgoing) -> Sent | Refused | Later | Unsure:
        """Not on Bluesky."""
        return cannot_edit("Bluesky")

    def close(self) -> None:
        """Release connections."""
        self._session.close()

    def _make_records(self, posts: Sequence[Outgoing], account: Account) -> list[Record]:
        """The records. Raises ChannelError when a mention or the parent is not known."""
        first = replace(
            posts[0],
            parent=self._completed(posts[0].parent, account),
            root=self._completed(posts[0].root, account),
        )
        return make_records([first, *posts[1:]], account.id, self._resolve)

    def _require_parent(self, post: Outgoing, account: Account) -> None:
        """The server takes a reply to nothing. Raises ChannelError when the parent is gone."""
        if post.parent and self._content_id(_key_of(post.parent), account) is None:
            raise ChannelError(
                "The post that is replied to is no longer on Bluesky.", temporary=False
            )

    def _completed(self, receipt: Receipt | None, account: Account) -> Receipt | None:
        """A receipt with its content id; one that a person entered has none."""
        if receipt is None or "cid" in receipt.extra:
            return receipt
        asked = {"repo": account.id, "collection": COLLECTION, "rkey": _key_of(receipt)}
        told = self._ask(lambda: self._session.query("com.atproto.repo.getRecord", **asked))
        return replace(receipt, id=str(told["uri"]), extra={"cid": str(told["cid"])})

    def _resolve(self, handle: str) -> str:
        if handle not in self._dids:
            self._dids[handle] = self._ask(
                lambda: str(
                    self._session.query("com.atproto.identity.resolveHandle", handle=handle)["did"]
                ),
                f"Bluesky does not know @{handle}, which this post mentions.",
            )
        return self._dids[handle]

    def _upload(self, file: MediaFile) -> None:
        """Bring a picture. Raises ChannelError.

        The server forgets it when no record follows soon. The same bytes are the
        same blob, so this may be repeated.
        """
        blob = self._ask(lambda: self._session.upload(file.content, file.mime)["blob"])
        if blob != blob_of(file):
            raise ChannelError("Bluesky has changed a picture of this post.", temporary=False)

    def _write(
        self, records: Sequence[Record], account: Account
    ) -> Refused | Later | Unsure | None:
        """One write; None when it has taken effect."""
        self._exchange.forget()
        send = self._put if len(records) == 1 else self._apply
        try:
            written = send(records, account)
        except Exception:
            return self._outcome()
        if written != [record.cid for record in records]:
            return Unsure("Bluesky answered with something else than these posts.")
        return None

    def _put(self, records: Sequence[Record], account: Account) -> list[str]:
        """Write one record. With swapRecord null a different one is never overwritten."""
        body = {
            "repo": account.id,
            "collection": COLLECTION,
            "rkey": records[0].key,
            "record": records[0].value,
            "swapRecord": None,
        }
        return [self._session.call("com.atproto.repo.putRecord", body)["cid"]]

    def _apply(self, records: Sequence[Record], account: Account) -> list[str]:
        """Write several records, all or none."""
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": COLLECTION,
                "rkey": record.key,
                "value": record.value,
            }
            for record in records
        ]
        body = {"repo": account.id, "writes": writes}
        return [
            result["cid"]
            for result in self._session.call("com.atproto.repo.applyWrites", body)["results"]
        ]

    def _write_rest(
        self, records: Sequence[Record], account: Account, doubt: Unsure
    ) -> Refused | Later | Unsure | None:
        """After an error of the server: what is missing when a part is there; None when all is.

        A record key that exists already makes the server answer 500 (atproto#3718).
        """
        try:
            missing = self._missing(records, account)
        except ChannelError:
            return doubt
        if len(missing) == len(records):
            return doubt
        return self._write(missing, account) if missing else None

    def _missing(self, records: Sequence[Record], account: Account) -> list[Record]:
        """The records that are not there. Raises ChannelError."""
        return [record for record in records if not self._is_there(record, account)]

    def _is_there(self, record: Record, account: Account) -> bool:
        cid = self._content_id(record.key, account)
        if cid not in (None, record.cid):
            raise ChannelError("Bluesky has a changed post in this place.", temporary=False)
        return cid is not None

    def _content_id(self, key: str, account: Account) -> str | None:
        """The CID of the post under that key, None when there is none. Raises ChannelError."""
        asked = {"repo": account.id, "collection": COLLECTION, "rkey": key}
        try:
            return self._ask(
                lambda: str(self._session.query("com.atproto.repo.getRecord", **asked)["cid"])
            )
        except ChannelError:
            answer = self._exchange.answer
            if answer is not None and answer.json().get("error") == "RecordNotFound":
                return None
            raise

    def _receipts(self, records: Sequence[Record], account: Account) -> tuple[Receipt, ...]:
        profile = f"{self._site}/profile/{account.handle}"
        return tuple(
            Receipt(record.uri, f"{profile}/post/{record.key}", {"cid": record.cid})
            for record in records
        )

    def _ask(self, question: Callable[[], _T], refused: str | None = None) -> _T:
        self._exchange.forget()
        try:
            return question()
        except Exception:
            raise self._exchange.error(lambda answer: refused or _explain(answer)) from None

    def _outcome(self) -> Refused | Later | Unsure:
        answer = self._exchange.answer
        if answer is not None and answer.json().get("error") == "InvalidSwap":
            return Unsure("Bluesky has a changed post in this place.", taken=True)
        return self._exchange.outcome(_explain)


def _of(records: Sequence[Record], posts: Sequence[Outgoing]) -> list[Outgoing]:
    keys = {record.key for record in records}
    return [post for post in posts if post.transport["rkey"] in keys]


def _key_of(receipt: Receipt) -> str:
    return receipt.id.rstrip("/").rpartition("/")[2]


def _files(posts: Sequence[Outgoing]) -> Iterable[MediaFile]:
    """What the posts show, each picture once: a link card may repeat one."""
    files = [file for post in posts for file in (*post.media, post.thumb) if file]
    return {file.content: file for file in files}.values()


_REASONS = {
    401: "Bluesky does not accept the handle or the app password of this channel. "
    "Make a new app password and put it into the configuration.",
    413: "Bluesky finds this too large.",
}


def _explain(answer: Answer) -> str:
    reason = _REASONS.get(answer.status) or f"Bluesky refuses this (error {answer.status})."
    return f"{reason} It says: {answer.detail}" if answer.detail else reason
