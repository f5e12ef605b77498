"""Checks before anything is sent: whose credentials these are, and whether all of it is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .base import Account, ChannelError, Outgoing, Refused


class Owner:
    """The account behind a channel's credentials, asked for once."""

    def __init__(self, channel: str, expected: str | None, ask: Callable[[], Account]) -> None:
        self._channel = channel
        self._expected = expected
        self._ask = ask
        self._account: Account | None = None

    def account(self) -> Account:
        """The account. Raises ChannelError when it cannot be had or is not the configured one."""
        if self._account is None:
            self._account = self._ask()
        if self._expected and not is_same(self._expected, self._account.handle):
            raise ChannelError(
                f"The credentials of channel {self._channel} belong to "
                f"@{self._account.handle}, not to @{self._expected.lstrip('@')}. "
                "Put the right ones into the configuration.",
                temporary=False,
            )
        return self._account


def is_same(configured: str, handle: str) -> bool:
    """Whether two handles name one account; on Mastodon its instance may follow."""
    return _plain(configured) == _plain(handle)


def _plain(handle: str) -> str:
    return handle.strip().lstrip("@").partition("@")[0].casefold()


def not_ours(channel: str) -> Refused:
    """The refusal to touch a post of another account."""
    return Refused(
        f"This post belongs to another account than the credentials of channel {channel}, "
        "so it is left alone."
    )


def cannot_edit(network: str) -> Refused:
    """The refusal of a network on which a post stays as it was sent."""
    return Refused(f"On {network} a post cannot be changed once it is out.")


def refuse_incomplete(posts: Sequence[Outgoing]) -> Refused | None:
    """A refusal when a picture is missing: without it, this is not what was approved."""
    if all(_is_complete(post) for post in posts):
        return None
    return Refused("A picture of this post is missing, so the post is not sent.")


def _is_complete(post: Outgoing) -> bool:
    card = post.payload.get("card") or {}
    has_thumb = post.thumb is not None
    return len(post.media) == len(post.payload["media"]) and has_thumb == ("thumb" in card)
