"""The way out for libraries built on requests: no retry, no redirect, bounded answers."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import requests
import requests.adapters
import requests.utils
import urllib3.exceptions

from .exchanges import Exchange, is_loopback

_CHUNK = 65_536  # bytes
_NEVER_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Sends one request as it is and keeps the exchange up to date.

    `base` replaces scheme and host, for a library that has its host built in.
    """

    def __init__(self, exchange: Exchange, base: str | None = None) -> None:
        super().__init__(max_retries=0)
        self._exchange = exchange
        self._base = base.rstrip("/") if base else None

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send, and read the whole answer within the time and size that are allowed."""
        if self._base:
            request.url = self._base + request.path_url
        url = request.url or ""
        # Chosen anew, because the address may be another one than requests looked at.
        proxies = {} if is_loopback(url) else requests.utils.get_environ_proxies(url)
        options |= {"timeout": self._exchange.timeout, "proxies": proxies, "stream": True}
        self._exchange.begin(request.method or "")
        try:
            response = super().send(request, **options)
        except requests.ConnectionError as error:
            self._exchange.left = not _never_connected(error)
            raise
        with contextlib.closing(response.raw):
            chunks = _chunks(response.raw)
            headers = dict(response.headers)
            body = self._exchange.receive(response.status_code, headers, chunks)
        response.raw = io.BytesIO(body)
        return response


def _chunks(raw: Any) -> Iterator[bytes]:
    """What has arrived, unpacked, without waiting for a chunk to be full."""
    while chunk := raw.read1(_CHUNK, decode_content=True):
        yield chunk


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether not one byte of the request can have been sent."""
    if isinstance(error, requests.exceptions.ProxyError):
        return True
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(cause, _NEVER_CONNECTED) or "CERTIFICATE_VERIFY_FAILED" in str(cause)
