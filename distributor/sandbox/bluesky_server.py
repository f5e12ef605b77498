"""Bluesky: a personal data server with one account, spoken to over XRPC."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import http
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import atproto_records as records
from .atproto_sessions import BadToken, Sessions
from .faults import Rule
from .messages import Refusal, Request, Response
from .network import Network
from .serving import Route
from .timelines import SeenCard, SeenMedia, SeenPost, Span

_MOST_UPLOAD = 5 * 1024 * 1024  # bytes; the reference server's default
_HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_WRITES = 3000  # points, as a rate limit
_NAMES = {
    401: ("AuthenticationRequired", "Authentication Required"),
    413: ("PayloadTooLarge", "request entity too large"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    501: ("MethodNotImplemented", "Method Not Implemented"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
}


@dataclass(frozen=True, slots=True)
class _Record:
    cid: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Blob:
    content: bytes
    mime: str


Repo = dict[tuple[str, str], _Record]  # (collection, record key)


def did_of(handle: str) -> str:
    """The DID a handle has in this sandbox; always the same one."""
    digest = hashlib.sha256(handle.lower().encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


class BlueskyServer(Network):
    """A PDS with one account.

    With `password` only that one opens a session, without one any does.
    Every handle resolves, except those that end in `.invalid`.
    """

    kind = "bluesky"
    title = "Bluesky"
    private_bodies = ("/xrpc/com.atproto.server.createSession",)

    def __init__(
        self,
        account: str = "distributor.test",
        *,
        password: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.password = password
        self.did = did_of(account)
        self.sessions = Sessions(self.did)
        self._repo: Repo = {}
        self._blobs: dict[str, _Blob] = {}
        self._commit = {"cid": records.record_cid({"rev": ""}), "rev": ""}
        super().__init__(account, host, port)

    def routes(self) -> list[Route]:
        methods: list[tuple[str, str, Callable[[Request], Response]]] = [
            ("GET", "server.describeServer", self._describe_server),
            ("POST", "server.createSession", self._create_session),
            ("POST", "server.refreshSession", self._refresh_session),
            ("GET", "server.getSession", self._get_session),
            ("POST", "server.deleteSession", self._delete_session),
            ("GET", "identity.resolveHandle", self._resolve),
            ("GET", "repo.describeRepo", self._describe_repo),
            ("GET", "repo.getRecord", self._get_record),
            ("GET", "repo.listRecords", self._list_records),
            ("POST", "repo.createRecord", self._create_record),
            ("POST", "repo.putRecord", self._put_record),
            ("POST", "repo.deleteRecord", self._delete_record),
            ("POST", "repo.applyWrites", self._apply_writes),
            ("POST", "repo.uploadBlob", self._upload_blob),
            ("GET", "sync.getBlob", self._get_blob),
        ]
        return [
            *super().routes(),
            *((verb, f"/xrpc/com.atproto.{name}", method) for verb, name, method in methods),
            ("GET", "/xrpc/{method}", self._no_such_method),
            ("POST", "/xrpc/{method}", self._no_such_method),
            ("POST", "/sandbox/expire", self._expire),
            ("GET", "/profile/{name}/post/{key}", self._page),
        ]

    def forget(self) -> None:
        self._repo.clear()
        self._blobs.clear()

    def error(self, status: int, rule: Rule) -> Response:
        name, message = _NAMES.get(status, ("InvalidRequest", http.HTTPStatus(status).phrase))
        answer = _error(status, name, message)
        if status != 429:
            return answer
        answer = _limited(answer, 0, rule.seconds)
        after = {"Retry-After": str(max(1, round(rule.seconds)))}
        return Response(answer.status, answer.body, {**answer.headers, **after})

    # Sessions

    def _require_user(self, request: Request, kind: str = "access") -> dict[str, Any]:
        if request.bearer is None:
            raise Refusal(_error(401, "AuthMissing", "Authentication Required"))
        try:
            return self.sessions.require(request.bearer, kind)
        except BadToken as bad:
            raise Refusal(_error(400, bad.name, str(bad))) from None

    def _describe_server(self, request: Request) -> Response:
        domains = [f".{self.account.split('.', 1)[-1]}"]
        shown = {"did": "did:web:localhost", "availableUserDomains": domains}
        return Response.json(shown | {"inviteCodeRequired": False})

    def _me(self) -> dict[str, Any]:
        """The account; without a didDoc, which would send clients to the address in it."""
        return {"did": self.did, "handle": self.account, "active": True, "emailConfirmed": True}

    def _create_session(self, request: Request) -> Response:
        body = _body(request)
        known = body.get("identifier") in (self.account, self.did)
        password = body.get("password")
        if not known or not password or self.password not in (None, password):
            words = "Invalid identifier or password"
            raise Refusal(_error(401, "AuthenticationRequired", words))
        return _limited(Response.json(self._me() | self.sessions.open()), 29)

    def _refresh_session(self, request: Request) -> Response:
        claims = self._require_user(request, "refresh")
        self.sessions.spend(claims)
        return Response.json(self._me() | self.sessions.open())

    def _delete_session(self, request: Request) -> Response:
        self.sessions.spend(self._require_user(request, "refresh"))
        return Response(200)

    def _get_session(self, request: Request) -> Response:
        self._require_user(request)
        return Response.json(self._me())

    def _expire(self, request: Request) -> Response:
        """Let every access token given so far be refused as expired."""
        self.sessions.expire()
        return Response(204)

    def _resolve(self, request: Request) -> Response:
        handle = (request.argument("handle") or "").lower()
        if not _HANDLE.fullmatch(handle):
            raise _invalid("Error: Params must have a valid handle")
        if handle.endswith(".invalid"):
            raise _invalid("Unable to resolve handle")
        return Response.json({"did": did_of(handle)})

    # Reading

    def _require_own(self, repo: object) -> None:
        if repo not in (self.did, self.account):
            raise _invalid(f"Could not find repo: {repo}")

    def _uri(self, collection: str, key: str) -> str:
        return f"at://{self.did}/{collection}/{key}"

    def _describe_repo(self, request: Request) -> Response:
        self._require_own(request.argument("repo"))
        collections = sorted({collection for collection, _ in self._repo})
        shown = {"handle": self.account, "did": self.did, "didDoc": {}, "handleIsCorrect": True}
        return Response.json(shown | {"collections": collections})

    def _get_record(self, request: Request) -> Response:
        self._require_own(request.argument("repo"))
        where = (request.argument("collection") or "", request.argument("rkey") or "")
        found = self._repo.get(where)
        if found is None or request.argument("cid", found.cid) != found.cid:
            words = f"Could not locate record: {self._uri(*where)}"
            raise Refusal(_error(400, "RecordNotFound", words))
        return Response.json(self._shown(where, found))

    def _shown(self, where: tuple[str, str], record: _Record) -> dict[str, Any]:
        return {"uri": self._uri(*where), "cid": record.cid, "value": record.value}

    def _list_records(self, request: Request) -> Response:
        self._require_own(request.argument("repo"))
        collection = request.argument("collection") or ""
        most = request.number("limit", 50)
        if not 1 <= most <= 100:
            raise _invalid("limit must be between 1 and 100")
        cursor = request.argument("cursor")
        upward = request.argument("reverse") == "true"
        keys = sorted((k for c, k in self._repo if c == collection), reverse=not upward)
        if cursor:
            keys = [key for key in keys if (key > cursor if upward else key < cursor)]
        shown = [self._shown((collection, k), self._repo[collection, k]) for k in keys[:most]]
        more = {"cursor": keys[most - 1]} if len(keys) > most else {}
        return Response.json({"records": shown} | more)

    # Writing

    def _create_record(self, request: Request) -> Response:
        body = self._writing(request)
        collection = str(body.get("collection"))
        key = body.get("rkey") or self._free_key()
        repo = dict(self._repo)
        shown = self._create(repo, collection, key, body.get("record"))
        return _limited(Response.json(shown | {"commit": self._committed(repo)}))

    def _put_record(self, request: Request) -> Response:
        """Create or replace; the same record again is no commit, whatever is to be swapped."""
        body = self._writing(request)
        collection, key = str(body.get("collection")), str(body.get("rkey"))
        record, valid = self._checked(collection, key, body.get("record"))
        present = self._repo.get((collection, key))
        shown = {"uri": self._uri(collection, key), "cid": record.cid, "validationStatus": valid}
        if present is not None and present.cid == record.cid:
            return _limited(Response.json(shown))
        self._require_swap(body, present)
        repo = {**self._repo, (collection, key): record}
        return _limited(Response.json(shown | {"commit": self._committed(repo)}))

    def _delete_record(self, request: Request) -> Response:
        """Delete; a record that is not there is no commit and no error."""
        body = self._writing(request)
        where = (str(body.get("collection")), str(body.get("rkey")))
        if where not in self._repo:
            return _limited(Response.json({}))
        self._require_swap(body, self._repo[where])
        repo = {at: record for at, record in self._repo.items() if at != where}
        return _limited(Response.json({"commit": self._committed(repo)}))

    def _apply_writes(self, request: Request) -> Response:
        """All writes or none."""
        body = self._writing(request)
        writes = body.get("writes")
        if not isinstance(writes, list) or len(writes) > 200:
            raise _invalid("Too many writes. Max: 200")
        repo = dict(self._repo)
        results = [self._write(repo, write) for write in writes]
        return _limited(Response.json({"commit": self._committed(repo), "results": results}))

    def _write(self, repo: Repo, write: dict[str, Any]) -> dict[str, Any]:
        kind = str(write.get("$type")).removeprefix("com.atproto.repo.applyWrites#")
        collection = str(write.get("collection"))
        if kind == "create":
            key = write.get("rkey") or self._free_key()
            shown = self._create(repo, collection, key, write.get("value"))
        elif kind not in ("update", "delete"):
            raise _invalid("writes must be create, update or delete")
        else:
            shown = self._change(repo, collection, str(write.get("rkey")), kind, write)
        return {"$type": f"com.atproto.repo.applyWrites#{kind}Result", **shown}

    def _change(
        self, repo: Repo, collection: str, key: str, kind: str, write: dict[str, Any]
    ) -> dict[str, Any]:
        if (collection, key) not in repo:
            raise Refusal(_error(500, *_NAMES[500]))
        if kind == "delete":
            del repo[collection, key]
            return {}
        record, valid = self._checked(collection, key, write.get("value"))
        repo[collection, key] = record
        return {"uri": self._uri(collection, key), "cid": record.cid, "validationStatus": valid}

    def _create(self, repo: Repo, collection: str, key: str, value: object) -> dict[str, Any]:
        """Add a record. An existing key is an internal error, as on the real server."""
        record, valid = self._checked(collection, key, value)
        if (collection, key) in repo:
            raise Refusal(_error(500, *_NAMES[500]))
        repo[collection, key] = record
        return {"uri": self._uri(collection, key), "cid": record.cid, "validationStatus": valid}

    def _writing(self, request: Request) -> dict[str, Any]:
        """The body of a write that may go on: own repository, expected commit."""
        self._require_user(request)
        body = _body(request)
        self._require_own(body.get("repo"))
        if body.get("swapCommit") not in (None, self._commit["cid"]):
            raise Refusal(_error(400, "InvalidSwap", f"Commit was at {self._commit['cid']}"))
        return body

    def _require_swap(self, body: dict[str, Any], present: _Record | None) -> None:
        """`swapRecord` names the record to replace; null means that there is none yet."""
        at = present.cid if present else None
        if "swapRecord" in body and body["swapRecord"] != at:
            raise Refusal(_error(400, "InvalidSwap", f"Record was at {at or 'null'}"))

    def _checked(self, collection: str, key: str, value: object) -> tuple[_Record, str]:
        sizes = {cid: len(blob.content) for cid, blob in self._blobs.items()}
        try:
            records.check_key(collection, key)
            valid = records.check_record(collection, value, sizes)
        except records.InvalidRecord as error:
            raise _invalid(str(error)) from None
        except records.UnknownBlob as error:
            raise Refusal(_error(400, "BlobNotFound", str(error))) from None
        assert isinstance(value, dict)
        stored = {"$type": collection, **value}
        return _Record(records.record_cid(stored), stored), valid

    def _free_key(self) -> str:
        return records.next_tid(max((key for _, key in self._repo), default=""))

    def _committed(self, repo: Repo) -> dict[str, str]:
        """Make these the records of the account; the new commit."""
        rev = records.next_tid(self._commit["rev"])
        cids = {"/".join(where): record.cid for where, record in repo.items()}
        self._repo = repo
        self._commit = {"cid": records.record_cid({"rev": rev, "data": cids}), "rev": rev}
        return self._commit

    # Files

    def _upload_blob(self, request: Request) -> Response:
        self._require_user(request)
        if len(request.body) > _MOST_UPLOAD:
            raise Refusal(_error(413, *_NAMES[413]))
        mime = request.headers.get("content-type", "application/octet-stream")
        cid = records.blob_cid(request.body)
        self._blobs[cid] = _Blob(request.body, mime)
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime}
        return Response.json({"blob": blob | {"size": len(request.body)}})

    def _get_blob(self, request: Request) -> Response:
        self._require_own(request.argument("did"))
        blob = self._blobs.get(request.argument("cid") or "")
        if blob is None:
            raise Refusal(_error(400, "BlobNotFound", "Blob not found"))
        policy = "default-src 'none'; sandbox"
        headers = {"Content-Type": blob.mime, "Content-Security-Policy": policy}
        return Response(200, blob.content, {**headers, "X-Content-Type-Options": "nosniff"})

    def _no_such_method(self, request: Request, method: str) -> Response:
        if method.startswith("app.bsky."):  # a PDS passes these on, and here is no one to ask
            raise _invalid(f"No service configured for {method}")
        return _error(501, *_NAMES[501])

    # What followers see

    def seen(self) -> list[SeenPost]:
        with self.lock:
            posts = [(k, r) for (c, k), r in self._repo.items() if c == records.POST]
            return [self._seen(key, record) for key, record in sorted(posts)]

    def _seen(self, key: str, record: _Record) -> SeenPost:
        post = record.value
        external = post.get("embed", {}).get("external")
        languages = post.get("langs")
        return SeenPost(
            id=self._uri(records.POST, key),
            text=post["text"],
            spans=_spans(post["text"], post.get("facets", [])),
            url=f"{self.url}/profile/{self.account}/post/{key}",
            at=dt.datetime.fromisoformat(post["createdAt"]),
            parent=post["reply"]["parent"]["uri"] if "reply" in post else None,
            language=languages[0] if languages else None,
            media=tuple(
                SeenMedia(self._file(image["image"]), image["alt"])
                for image in post.get("embed", {}).get("images", [])
            ),
            card=self._card(external) if external else None,
        )

    def _card(self, external: dict[str, Any]) -> SeenCard:
        thumb = self._file(external["thumb"]) if "thumb" in external else None
        return SeenCard(external["uri"], external["title"], external["description"], thumb)

    def _file(self, blob: dict[str, Any]) -> str:
        cid = blob["ref"]["$link"]
        return f"{self.url}/xrpc/com.atproto.sync.getBlob?did={self.did}&cid={cid}"

    def _page(self, request: Request, name: str, key: str) -> Response:
        return self.show_post(self._uri(records.POST, key))


def _spans(text: str, facets: list[dict[str, Any]]) -> tuple[Span, ...]:
    """The text as followers read it: only facets make links. Ranges count UTF-8 bytes."""
    raw = text.encode()
    spans: list[Span] = []
    at = 0
    for facet in sorted(facets, key=lambda facet: int(facet["index"]["byteStart"])):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if not at <= start < end <= len(raw):
            continue  # apps leave out what overlaps or leaves the text
        spans.append(Span(raw[at:start].decode(errors="replace")))
        spans.append(_faceted(raw[start:end].decode(errors="replace"), facet["features"][0]))
        at = end
    spans.append(Span(raw[at:].decode(errors="replace")))
    return tuple(span for span in spans if span.text)


def _faceted(text: str, feature: dict[str, Any]) -> Span:
    match feature:
        case {"uri": str(uri)}:
            return Span(text, "link", uri)
        case {"did": str()}:
            return Span(text, "mention")
        case _:
            return Span(text, "tag")


def _body(request: Request) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        raise _invalid("Input is not valid JSON") from None
    if not isinstance(body, dict):
        raise _invalid("Input must be an object")
    return body


def _error(status: int, name: str, message: str) -> Response:
    return Response.json({"error": name, "message": message}, status)


def _invalid(message: str) -> Refusal:
    return Refusal(_error(400, "InvalidRequest", message))


def _limited(response: Response, remaining: int = _WRITES - 1, seconds: float = 300) -> Response:
    headers = {
        "RateLimit-Limit": str(_WRITES),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(int(time.time() + seconds)),
        "RateLimit-Policy": f"{_WRITES};w=300",
    }
    return Response(response.status, response.body, {**response.headers, **headers})
