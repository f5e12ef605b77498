"""Headers that keep hostile text harmless if it gets past the escaping; what no form may hold."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

# connect-src is for the status that refreshes itself; nothing may be loaded from elsewhere.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)

# The mail as subscribers see it: its own inlined styles and nothing else. `sandbox` holds
# even when the address is opened outside its frame.
MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)

_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    # What the team reads must not stay behind in a shared computer's cache.
    "Cache-Control": "no-store",
}


class ContentSecurityPolicy:
    """Adds the headers to every answer that does not bring its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class NoNullCharacters:
    """Refuses forms with a NUL character: nobody types one, and PostgreSQL stores none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Raises SuspiciousOperation, which is answered with 400."""
        fields = chain(request.GET.lists(), request.POST.lists())
        if any("\0" in text for name, values in fields for text in (name, *values)):
            raise SuspiciousOperation("a NUL character")
