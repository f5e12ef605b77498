"""What the three networks have in common: an account, posts, switches and a public page."""

from __future__ import annotations

import abc

from .messages import Request, Response
from .pages import asset, page
from .serving import Route, SandboxServer
from .timelines import SeenPost, threads


class Network(SandboxServer, abc.ABC):
    """One social network with one account on it, in memory."""

    kind: str
    title: str
    default_switches: dict[str, bool] = {}

    def __init__(self, account: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.account = account
        self.switches = dict(self.default_switches)
        super().__init__(host, port)

    @abc.abstractmethod
    def seen(self) -> list[SeenPost]:
        """What followers see, oldest first."""

    @abc.abstractmethod
    def forget(self) -> None:
        """Forget all posts."""

    def reset(self) -> None:
        with self.lock:
            super().reset()
            self.switches = dict(self.default_switches)
            self.forget()

    def routes(self) -> list[Route]:
        return [
            *super().routes(),
            ("GET", "/sandbox/posts", self._show_posts),
            ("GET", "/sandbox/state", self._state),
            ("POST", "/sandbox/switches", self._turn),
            ("GET", "/", self._show_timeline),
            ("GET", "/assets/{name}", asset),
        ]

    def state(self) -> str:
        """A word that changes when there is something new to see."""
        posts = self.seen()
        return f"{len(posts)} {posts[-1].id if posts else ''} {sum(p.edited for p in posts)}"

    def show_post(self, id_: str) -> Response:
        """The public page of one post, within its thread."""
        for thread in threads(self.seen()):
            if any(post.id == id_ for post in thread.posts):
                return page("post.html.j2", network=self, thread=thread, focus=id_)
        return page("missing.html.j2", 404)

    def _show_posts(self, request: Request) -> Response:
        return Response.json([post.to_json() for post in self.seen()])

    def _show_timeline(self, request: Request) -> Response:
        return page("network.html.j2", network=self, threads=threads(self.seen()))

    def _state(self, request: Request) -> Response:
        return Response.json(self.state())

    def _turn(self, request: Request) -> Response:
        """Turn switches on or off: `{"honours_idempotency_key": false}`."""
        try:
            wanted = dict(request.json())
        except (ValueError, TypeError):
            return Response.json({"error": "send a JSON object of switches"}, 400)
        for name, value in wanted.items():
            if name not in self.switches or not isinstance(value, bool):
                known = sorted(self.switches)
                return Response.json({"error": f"known switches: {known}, true or false"}, 400)
        self.switches |= wanted
        return Response.json(self.switches)
