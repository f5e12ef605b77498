"""The way out for libraries built on httpx: no retry, no redirect, bounded answers."""

from __future__ import annotations

import contextlib
import urllib.request

import httpx

from .exchanges import Exchange, is_loopback


class BoundedTransport(httpx.HTTPTransport):
    """Sends one request as it is and keeps the exchange up to date."""

    def __init__(self, exchange: Exchange, service: str) -> None:
        proxy = None if is_loopback(service) else urllib.request.getproxies().get("https")
        super().__init__(proxy=proxy, retries=0)
        self._exchange = exchange

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and read the whole answer within the time and size that are allowed."""
        self._exchange.begin(request.method)
        try:
            response = super().handle_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self._exchange.left = False
            raise
        response.request = request
        with contextlib.closing(response):
            body = self._exchange.receive(
                response.status_code, response.headers, response.iter_bytes()
            )
        # Already unpacked: the headers that told how it was packed would mislead httpx.
        packing = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [(name, value) for name, value in response.headers.items() if name not in packing]
        return httpx.Response(response.status_code, headers=headers, content=body)
