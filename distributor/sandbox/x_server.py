"""X, API version 2: posts of one account, signed requests, t.co links, rate limits."""

from __future__ import annotations

import datetime as dt
import hashlib
import http
import re
import time
from dataclasses import dataclass, replace
from typing import Any

from . import x_media, x_texts
from .faults import Rule
from .messages import BadArgument, Refusal, Request, Response
from .network import Network
from .oauth1 import Keys, is_signed, read_header
from .serving import Route
from .timelines import SeenMedia, SeenPost

_SIGNED_FOR = "https://api.twitter.com"  # clients sign for it, whatever address they reach
_EPOCH_MS = 1288834974657  # ids count milliseconds from here
_WINDOW = 900  # seconds
_INVALID = "https://api.twitter.com/2/problems/invalid-request"
_DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
_TOO_LONG = "Your Tweet text is empty, too long or has characters that are not allowed."
_REPLY_SETTINGS = {"following", "mentionedUsers", "subscribers", "verified"}
# The properties of a new post, as the public description (2.167) lists them.
_PROPERTIES = {
    "card_uri", "community_id", "direct_message_deep_link", "edit_options",
    "for_super_followers_only", "geo", "made_with_ai", "media", "nullcast", "paid_partnership",
    "poll", "quote_tweet_id", "reply", "reply_settings", "share_with_followers", "text",
}  # fmt: skip
_DETAILS = {
    402: ("CreditsDepleted", "Your enrolled account does not have any credits left."),
    403: ("Forbidden", "You are not permitted to perform this action."),
    429: ("Too Many Requests", "Too Many Requests"),
}


@dataclass(frozen=True, slots=True)
class _Post:
    id: str
    text: str
    at: dt.datetime
    parent: str | None
    media: tuple[x_media.Media, ...] = ()


def problem(status: int, detail: str, title: str | None = None) -> Response:
    """An error as X words it."""
    shown = title or http.HTTPStatus(status).phrase
    return Response.json(
        {"title": shown, "type": "about:blank", "status": status, "detail": detail}, status
    )


def invalid(parameter: str, value: object, message: str) -> Refusal:
    """400 for a parameter."""
    return Refusal(
        Response.json(
            {
                "errors": [{"parameters": {parameter: [str(value)]}, "message": message}],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": _INVALID,
            },
            400,
        )
    )


class XServer(Network):
    """X with one account.

    With `keys` (or `bearer`, a user's OAuth 2 token) only requests that prove
    them are let in; without either any signature or token is.
    """

    kind = "x"
    title = "X"

    def __init__(
        self,
        account: str = "distributor_x",
        *,
        keys: Keys | None = None,
        bearer: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.keys = keys
        self.bearer = bearer
        number = int.from_bytes(hashlib.sha256(account.encode()).digest()[:6], "big")
        self.user_id = str(10**18 + number)
        self._posts: dict[str, _Post] = {}
        self._media: dict[str, x_media.Media] = {}
        self._last_id = 0
        super().__init__(account, host, port)

    def routes(self) -> list[Route]:
        return [
            *super().routes(),
            ("POST", "/2/tweets", self._create),
            ("GET", "/2/tweets/{id_}", self._get),
            ("DELETE", "/2/tweets/{id_}", self._delete),
            ("GET", "/2/users/me", self._me),
            ("GET", "/2/users/{id_}/tweets", self._timeline),
            ("POST", "/2/media/upload", self._upload),
            ("POST", "/2/media/metadata", self._describe),
            ("GET", "/media/{id_}", self._file),
            ("GET", "/{name}/status/{id_}", self._page),
        ]

    def forget(self) -> None:
        self._posts.clear()
        self._media.clear()

    def seen(self) -> list[SeenPost]:
        with self.lock:
            return [
                SeenPost(
                    id=post.id,
                    text=post.text,
                    spans=x_texts.spans(post.text),
                    url=f"{self.url}/{self.account}/status/{post.id}",
                    at=post.at,
                    parent=post.parent,
                    media=tuple(self._seen(medium) for medium in post.media),
                )
                for post in self._posts.values()
            ]

    def error(self, status: int, rule: Rule) -> Response:
        title, detail = _DETAILS.get(status, (None, http.HTTPStatus(status).phrase))
        answer = problem(status, detail, title)
        remaining = 0 if status == 429 else 99
        return _limited(answer, 100, remaining, rule.seconds if status == 429 else _WINDOW)

    def bad_argument(self, bad: BadArgument) -> Response:
        words = f"The `{bad.name}` query parameter value is not a number."
        return invalid(bad.name, bad.value, words).response

    # Who asks

    def _require_user(self, request: Request) -> None:
        header = request.headers.get("authorization", "")
        if request.bearer is not None:
            known = self.bearer == request.bearer
            allowed = known or (self.bearer is None and self.keys is None)
        elif self.keys is not None:
            allowed = is_signed(request, _SIGNED_FOR, self.keys)
        else:
            given = read_header(header)
            needed = ("oauth_consumer_key", "oauth_token", "oauth_signature")
            allowed = self.bearer is None and all(given.get(name) for name in needed)
        if not allowed:
            raise Refusal(problem(401, "Unauthorized"))

    # What they may do

    def _create(self, request: Request) -> Response:
        self._require_user(request)
        text, parent, media = self._check(request)
        post = _Post(self._next_id(), text, dt.datetime.now(dt.UTC), parent, media)
        self._posts[post.id] = post
        shown = {name: self._shown(post)[name] for name in ("id", "text", "edit_history_tweet_ids")}
        return _limited(Response.json({"data": shown}, 201), 100)

    def _check(self, request: Request) -> tuple[str, str | None, tuple[x_media.Media, ...]]:
        """Text, parent and pictures of a new post. Raises Refusal as X refuses."""
        body = _body(request)
        for name in body.keys() - _PROPERTIES:
            raise invalid(name, body[name], f"[$.{name}] is not defined in the schema.")
        text = body.get("text", "")
        if not isinstance(text, str):
            raise invalid("text", text, "[$.text] is not a string.")
        _check_settings(body)
        media = self._attached(body)
        if not x_texts.fits(text):
            raise Refusal(problem(403, _TOO_LONG))
        parent = _parent(body)
        if parent is not None and parent not in self._posts:
            raise Refusal(problem(403, _GONE))
        if any(post.text.strip() == text.strip() for post in self._posts.values()):
            raise Refusal(problem(403, _DUPLICATE))
        return text, parent, media

    def _attached(self, body: dict[str, Any]) -> tuple[x_media.Media, ...]:
        ids = _section(body, "media").get("media_ids", [])
        if len(ids) > 4:
            raise invalid("media.media_ids", ids, "[$.media.media_ids] has more than 4 items.")
        if not all(id_ in self._media for id_ in ids):
            raise invalid("media.media_ids", ids, "Your media IDs are invalid.")
        return tuple(self._media[id_] for id_ in ids)

    # Pictures

    def _upload(self, request: Request) -> Response:
        self._require_user(request)
        try:
            content = x_media.content_of(_body(request))
        except ValueError as error:
            raise invalid("media", "", str(error)) from None
        medium = x_media.Media(self._next_id(), content)
        self._media[medium.id] = medium
        return _limited(Response.json({"data": x_media.shown(medium)}), 500)

    def _describe(self, request: Request) -> Response:
        self._require_user(request)
        body = _body(request)
        try:
            alt = x_media.alt_of(body)
        except ValueError as error:
            raise invalid("metadata", body.get("metadata"), str(error)) from None
        if body.get("id") not in self._media:
            raise invalid("id", body.get("id"), "The media ID is invalid.")
        medium = replace(self._media[body["id"]], alt=alt)
        self._media[medium.id] = medium
        data = {"id": medium.id, "associated_metadata": {"alt_text": {"text": alt}}}
        return _limited(Response.json({"data": data}), 500)

    def _seen(self, medium: x_media.Media) -> SeenMedia:
        return SeenMedia(f"{self.url}/media/{medium.id}", medium.alt)

    def _file(self, request: Request, id_: str) -> Response:
        if id_ not in self._media:
            raise Refusal(problem(404, "Not Found"))
        return Response(200, self._media[id_].content, x_media.FILE_HEADERS)

    def _next_id(self) -> str:
        """A snowflake: a string of digits, far beyond 2^53, growing with time."""
        moment = (time.time_ns() // 1_000_000 - _EPOCH_MS) << 22
        self._last_id = max(moment, self._last_id + 1)
        return str(self._last_id)

    def _shown(self, post: _Post) -> dict[str, Any]:
        text, entities = x_texts.wrap(post.id, post.text)
        if post.media:
            text, link = x_media.link(text, post.id, f"{self.url}/{self.account}", post.media[0])
            entities.setdefault("urls", []).append(link)
        shown: dict[str, Any] = {
            "id": post.id,
            "text": text,
            "edit_history_tweet_ids": [post.id],
            "author_id": self.user_id,
            "created_at": _moment(post.at),
            "conversation_id": self._root(post).id,
        }
        if entities:
            shown["entities"] = entities
        if post.parent:
            shown["referenced_tweets"] = [{"type": "replied_to", "id": post.parent}]
            shown["in_reply_to_user_id"] = self.user_id
        return shown

    def _root(self, post: _Post) -> _Post:
        while (parent := self._posts.get(post.parent or "")) is not None:
            post = parent
        return post

    def _chosen(self, post: _Post, request: Request) -> dict[str, Any]:
        """Only the fields asked for; id, text and the edit history always."""
        wanted = {"id", "text", "edit_history_tweet_ids"}
        wanted |= set((request.argument("tweet.fields") or "").split(","))
        return {name: value for name, value in self._shown(post).items() if name in wanted}

    def _get(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        if id_ in self._posts:
            return _limited(Response.json({"data": self._chosen(self._posts[id_], request)}), 900)
        missing = {
            "resource_id": id_,
            "resource_type": "tweet",
            "parameter": "id",
            "title": "Not Found Error",
            "detail": f"Could not find tweet with id: [{id_}].",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
        return _limited(Response.json({"errors": [missing]}), 900)

    def _delete(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        deleted = self._posts.pop(id_, None) is not None
        return _limited(Response.json({"data": {"deleted": deleted}}), 50)

    def _me(self, request: Request) -> Response:
        self._require_user(request)
        me = {"id": self.user_id, "name": self.account, "username": self.account}
        return _limited(Response.json({"data": me}), 75)

    def _timeline(self, request: Request, id_: str) -> Response:
        self._require_user(request)
        most = request.number("max_results", 10)
        if not 5 <= most <= 100:
            raise invalid("max_results", most, "is not between 5 and 100")
        after = request.number("since_id", 0)
        before = request.number("pagination_token", request.number("until_id", 2**63))
        posts = [
            post
            for post in reversed(self._posts.values())
            if id_ == self.user_id and after < int(post.id) < before
        ]
        return _limited(self._listing(posts, most, request), 900)

    def _listing(self, posts: list[_Post], most: int, request: Request) -> Response:
        shown = [self._chosen(post, request) for post in posts[:most]]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if not shown:
            return Response.json({"meta": meta})
        meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if len(posts) > most:
            meta["next_token"] = shown[-1]["id"]
        return Response.json({"data": shown, "meta": meta})

    def _page(self, request: Request, name: str, id_: str) -> Response:
        return self.show_post(id_)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        raise invalid("body", "", "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise invalid("body", body, "The body is not a JSON object.")
    return body


def _section(body: dict[str, Any], name: str) -> dict[str, Any]:
    section = body.get(name, {})
    if not isinstance(section, dict):
        raise invalid(name, section, f"[$.{name}] is not an object.")
    return section


def _check_settings(body: dict[str, Any]) -> None:
    who = body.get("reply_settings")
    if who is not None and who not in _REPLY_SETTINGS:
        raise invalid("reply_settings", who, f"is not one of {sorted(_REPLY_SETTINGS)}")


def _parent(body: dict[str, Any]) -> str | None:
    if "reply" not in body:
        return None
    parent = _section(body, "reply").get("in_reply_to_tweet_id")
    if not isinstance(parent, str) or not re.fullmatch(r"[0-9]{1,19}", parent):
        raise invalid("reply.in_reply_to_tweet_id", parent, "does not match ^[0-9]{1,19}$")
    return parent


def _limited(
    response: Response, limit: int, remaining: int | None = None, seconds: float = _WINDOW
) -> Response:
    headers = {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(limit - 1 if remaining is None else remaining),
        "x-rate-limit-reset": str(int(time.time() + seconds)),
    }
    return Response(response.status, response.body, {**response.headers, **headers})


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
