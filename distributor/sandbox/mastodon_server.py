"""Mastodon: one account on an instance with limits of its own."""

from __future__ import annotations

import datetime as dt
import http
import time
from collections import deque
from dataclasses import replace
from typing import Any

from . import mastodon_entities as entities
from . import mastodon_texts as texts
from .faults import Rule
from .mastodon_entities import Limits, Media, Status
from .messages import Refusal, Request, Response, Upload
from .network import Network
from .serving import Route
from .timelines import SeenMedia, SeenPost

VISIBILITIES = ("public", "unlisted", "private", "direct")
_MOST_DELETED, _DELETED_SECONDS = 30, 1800  # Mastodon's own limit for deleting statuses
_KEY_SECONDS = 3600  # Mastodon forgets an Idempotency-Key an hour after its success
_WORDS = {
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    422: "Validation failed",
    429: "Too many requests",
}


class MastodonServer(Network):
    """A Mastodon instance with one account.

    With `access_token` only that token is let in, without one any token is.
    The switch `honours_idempotency_key` is on as on Mastodon; off as on GoToSocial.
    With `media_take_time` an upload is ready only when it was asked for once.
    """

    kind = "mastodon"
    title = "Mastodon"
    default_switches = {"honours_idempotency_key": True, "media_take_time": False}

    def __init__(
        self,
        account: str = "distributor",
        *,
        access_token: str | None = None,
        max_characters: int = 500,
        characters_per_link: int = 23,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.access_token = access_token
        self.limits = Limits(max_characters, characters_per_link)
        self._statuses: dict[str, Status] = {}
        self._media: dict[str, Media] = {}
        self._unready: set[str] = set()  # ids of files that are still worked on
        self._keys: dict[str, tuple[str, float]] = {}
        self._deletions: deque[float] = deque()  # moments of the monotonic clock
        self._last_id = 0
        super().__init__(account, host, port)

    def routes(self) -> list[Route]:
        one = "/api/v1/statuses/{id_}"
        return [
            *super().routes(),
            ("GET", "/api/v1/instance", self._instance_v1),
            ("GET", "/api/v2/instance", self._instance_v2),
            ("GET", "/api/v1/accounts/verify_credentials", self._verify),
            ("GET", "/api/v1/accounts/{id_}/statuses", self._timeline),
            ("POST", "/api/v1/statuses", self._create),
            ("GET", one, self._get),
            ("PUT", one, self._edit),
            ("DELETE", one, self._delete),
            ("GET", f"{one}/source", self._source),
            ("GET", f"{one}/context", self._context),
            ("GET", f"{one}/history", self._history),
            ("POST", "/api/v2/media", self._upload),
            ("GET", "/api/v1/media/{id_}", self._get_media),
            ("PUT", "/api/v1/media/{id_}", self._describe_media),
            ("GET", "/media/{id_}", self._file),
            ("GET", "/{name}/{id_}", self._page),
        ]

    def forget(self) -> None:
        self._statuses.clear()
        self._media.clear()
        self._unready.clear()
        self._keys.clear()
        self._deletions.clear()

    def seen(self) -> list[SeenPost]:
        with self.lock:
            return [self._seen(status) for status in self._statuses.values()]

    def _seen(self, status: Status) -> SeenPost:
        return SeenPost(
            id=status.id,
            text=status.text,
            spans=texts.spans(status.text),
            url=entities.page_of(self.url, self.account, status),
            at=status.at,
            parent=status.parent,
            language=status.language,
            note=" · ".join(filter(None, (_shown_to(status.visibility), status.spoiler))),
            media=tuple(
                SeenMedia(entities.file_of(self.url, m), m.description or "") for m in status.media
            ),
            edited=status.edited_at is not None,
        )

    def error(self, status: int, rule: Rule) -> Response:
        words = _WORDS.get(status) or http.HTTPStatus(status).phrase
        answer = Response.json({"error": words}, status)
        return _limited(answer, 0, rule.seconds) if status == 429 else _limited(answer)

    # The instance and the account

    def _instance_v1(self, request: Request) -> Response:
        return Response.json(entities.instance_v1(self.url, self.limits))

    def _instance_v2(self, request: Request) -> Response:
        return Response.json(entities.instance_v2(self.url, self.limits))

    def _require_user(self, request: Request) -> None:
        token = request.bearer
        if token is None or self.access_token not in (None, token):
            raise Refusal(_error(401))

    def _verify(self, request: Request) -> Response:
        self._require_user(request)
        source = {"privacy": "public", "sensitive": False, "language": None, "note": ""}
        return _limited(Response.json(self._account() | {"source": source | {"fields": []}}))

    def _account(self) -> dict[str, Any]:
        return entities.account(self.url, self.account, len(self._statuses))

    # Statuses

    def _create(self, request: Request) -> Response:
        self._require_user(request)
        key = request.headers.get("idempotency-key", "")
        if (known := self._known(key)) is not None:
            return self._answer(known)
        status = self._check(request)
        self._statuses[status.id] = status
        if key:
            self._keys[key] = (status.id, time.monotonic())
        return self._answer(status)

    def _known(self, key: str) -> Status | None:
        """The status this key made, found by the key alone, whatever the request says now."""
        if not key or key not in self._keys or not self.switches["honours_idempotency_key"]:
            return None
        id_, at = self._keys[key]
        return self._find(id_) if time.monotonic() - at < _KEY_SECONDS else None

    def _check(self, request: Request) -> Status:
        """The status a request describes. Raises Refusal as Mastodon refuses."""
        fields = _fields(request)
        if _first(fields, "scheduled_at"):
            raise Refusal(_error(422, "Validation failed: the sandbox does not schedule"))
        parent = _first(fields, "in_reply_to_id") or None
        if parent is not None and parent not in self._statuses:
            words = "The post you are trying to reply to does not appear to exist."
            raise Refusal(_error(404, words))
        visibility = _first(fields, "visibility") or "public"
        if visibility not in VISIBILITIES:
            raise Refusal(_error(422, "Validation failed: Visibility is not included in the list"))
        spoiler = _first(fields, "spoiler_text")
        return self._measured(
            Status(
                self._next_id(),
                _first(fields, "status"),
                dt.datetime.now(dt.UTC),
                visibility,
                _first(fields, "language") or None,
                spoiler,
                bool(spoiler) or _first(fields, "sensitive").lower() in ("1", "true"),
                parent,
                self._attached(fields.get("media_ids", [])),
            )
        )

    def _measured(self, status: Status) -> Status:
        most = self.limits.max_characters
        if not status.text.strip() and not status.media:
            raise Refusal(_error(422, "Validation failed: Text can't be blank"))
        if texts.length(status.text, status.spoiler, self.limits.characters_per_link) > most:
            words = f"Validation failed: Text character limit of {most} exceeded"
            raise Refusal(_error(422, words))
        return status

    def _attached(self, ids: list[str]) -> tuple[Media, ...]:
        if len(ids) > self.limits.media:
            words = f"Validation failed: Cannot attach more than {self.limits.media} files"
            raise Refusal(_error(422, words))
        if not all(id_ in self._media for id_ in ids):
            raise Refusal(_error(422, "Validation failed: Media could not be found"))
        if not self._unready.isdisjoint(ids):
            words = "Cannot attach files that have not finished processing. Try again in a moment!"
            raise Refusal(_error(422, words))
        return tuple(self._media[id_] for id_ in ids)

    def _next_id(self) -> str:
        """A snowflake: a string of digits, beyond 2^53, growing with time."""
        self._last_id = max((time.time_ns() // 1_000_000) << 16, self._last_id + 1)
        return str(self._last_id)

    def _find(self, id_: str) -> Status:
        if id_ not in self._statuses:
            raise Refusal(_error(404))
        return self._statuses[id_]

    def _entity(self, status: Status) -> dict[str, Any]:
        replies = sum(other.parent == status.id for other in self._statuses.values())
        return entities.status(self.url, status, self._account(), replies)

    def _answer(self, status: Status) -> Response:
        return _limited(Response.json(self._entity(status)))

    def _get(self, request: Request, id_: str) -> Response:
        return self._answer(self._find(id_))

    def _edit(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        old = self._find(id_)
        fields = _fields(request)
        new = replace(
            old,
            text=_first(fields, "status"),
            spoiler=_first(fields, "spoiler_text"),
            language=_first(fields, "language") or old.language,
            media=self._attached(fields.get("media_ids", [])),
            edited_at=dt.datetime.now(dt.UTC),
            revisions=(*old.revisions, old),
        )
        self._statuses[id_] = self._measured(new)
        return self._answer(new)

    def _delete(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        self._count_deletion()
        status = self._find(id_)
        answer = self._entity(status) | {"text": status.text}
        del self._statuses[id_]
        for reply in [one for one in self._statuses.values() if one.parent == id_]:
            self._statuses[reply.id] = replace(reply, parent=None)  # as Mastodon does
        return _limited(Response.json(answer))

    def _count_deletion(self) -> None:
        """Raises Refusal when there were too many."""
        now = time.monotonic()
        while self._deletions and self._deletions[0] <= now - _DELETED_SECONDS:
            self._deletions.popleft()
        if len(self._deletions) >= _MOST_DELETED:
            seconds = self._deletions[0] + _DELETED_SECONDS - now
            raise Refusal(_limited(Response.json({"error": _WORDS[429]}, 429), 0, seconds))
        self._deletions.append(now)

    def _source(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        status = self._find(id_)
        source = {"id": id_, "text": status.text, "spoiler_text": status.spoiler}
        return _limited(Response.json(source))

    def _context(self, request: Request, id_: str) -> Response:
        status = self._find(id_)
        ancestors: list[Status] = []
        while (parent := self._statuses.get(status.parent or "")) is not None:
            ancestors.insert(0, parent)
            status = parent
        below = {id_}
        descendants = []
        for other in self._statuses.values():
            if other.parent in below:
                below.add(other.id)
                descendants.append(other)
        context = {
            "ancestors": [self._entity(status) for status in ancestors],
            "descendants": [self._entity(status) for status in descendants],
        }
        return _limited(Response.json(context))

    def _history(self, request: Request, id_: str) -> Response:
        status = self._find(id_)
        edits = [
            {
                "content": texts.to_html(edit.text, self.url),
                "spoiler_text": edit.spoiler,
                "sensitive": edit.sensitive,
                "created_at": entities.moment(edit.edited_at or edit.at),
                "account": self._account(),
                "media_attachments": [],
                "emojis": [],
            }
            for edit in (*status.revisions, status)
        ]
        return _limited(Response.json(edits))

    def _timeline(self, request: Request, id_: str) -> Response:
        """Newest first; `min_id` takes those just above it, `since_id` the newest above it."""
        if id_ != entities.account_id(self.account):
            raise Refusal(_error(404))
        most = min(request.number("limit", 20), 40)
        lowest = request.number("min_id", 0)
        after = lowest or request.number("since_id", 0)
        before = request.number("max_id", 2**63)
        found = [status for status in self._statuses.values() if after < int(status.id) < before]
        if request.argument("exclude_replies") in ("1", "true", "True"):
            found = [status for status in found if status.parent is None]
        found = found[:most] if lowest else found[::-1][:most][::-1]
        return _limited(Response.json([self._entity(status) for status in reversed(found)]))

    # Files

    def _upload(self, request: Request) -> Response:
        self._require_user(request)
        file = request.uploads().get("file")
        if file is None or not file.content:
            raise Refusal(_error(422, "Validation failed: File can't be blank"))
        media = self._described(self._next_id(), file, _first(_fields(request), "description"))
        self._media[media.id] = media
        if not self.switches["media_take_time"]:
            return _limited(Response.json(entities.media(self.url, media)))
        self._unready.add(media.id)
        return _limited(Response.json(entities.media(self.url, media) | {"url": None}, 202))

    def _described(self, id_: str, file: Upload, description: str) -> Media:
        if len(description) > self.limits.description:
            raise Refusal(_error(422, "Validation failed: Description is too long"))
        return Media(id_, file.content, file.mime, description or None)

    def _find_media(self, id_: str) -> Media:
        if id_ not in self._media:
            raise Refusal(_error(404))
        return self._media[id_]

    def _get_media(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        shown = entities.media(self.url, self._find_media(id_))
        if id_ in self._unready:
            self._unready.discard(id_)
            return _limited(Response.json(shown | {"url": None}, 206))
        return _limited(Response.json(shown))

    def _describe_media(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        old = self._find_media(id_)
        description = _first(_fields(request), "description")
        self._media[id_] = self._described(id_, Upload(old.content, old.mime), description)
        return self._get_media(request, id_)

    def _file(self, request: Request, id_: str) -> Response:
        media = self._find_media(id_)
        return Response(200, media.content, _file_headers(media.mime))

    def _page(self, request: Request, name: str, id_: str) -> Response:
        return self.show_post(id_)


def _file_headers(mime: str) -> dict[str, str]:
    """An uploaded file is shown as the image it is, or not at all."""
    shown = mime if mime.startswith("image/") else "application/octet-stream"
    return {
        "Content-Type": shown,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _shown_to(visibility: str) -> str:
    return "" if visibility == "public" else visibility


def _fields(request: Request) -> dict[str, list[str]]:
    try:
        return request.fields()
    except (ValueError, TypeError):
        raise Refusal(_error(400, "Error occurred while parsing request parameters")) from None


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _error(status: int, words: str | None = None) -> Response:
    return _limited(Response.json({"error": words or _WORDS[status]}, status))


def _limited(response: Response, remaining: int = 299, seconds: float = 300) -> Response:
    reset = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    headers = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": entities.moment(reset),
    }
    return Response(response.status, response.body, {**response.headers, **headers})
