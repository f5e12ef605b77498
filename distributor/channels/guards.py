"""Checks before anything is sent: whose credentials these are, and whether we can send it."""

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
        if self._expected and _plain(self._expected) != _plain(self._account.handle):
            raise ChannelError(
                f"The credentials of channel {self._channel} belong to "
                f"@{self._account.handle}, not to @{self._expected.lstrip('@')}. "
                "Put the right ones into the configuration.",
                temporary=False,
            )
        return self._account


def _plain(handle: str) -> str:
    return handle.strip().lstrip("@").casefold()


def refuse_media(posts: Sequence[Outgoing]) -> Refused | None:
    """A refusal when a post carries media: dropping them would change what was approved."""
    if any(post.payload.get("media") for post in posts):
        return Refused("This post carries images, and images cannot be sent to this channel.")
    return None
