"""Error pages in our own words; none of them shows what went wrong inside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, status: int, heading: str, advice: str) -> HttpResponse:
    values = {"status": status, "heading": heading, "advice": advice}
    return render(request, "web/failure.html", values, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that no browser of ours would send, or one that is too large."""
    return _page(
        request,
        400,
        "This request cannot be read",
        "Go back and try again. Pasted text may be up to 2 MB.",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this person."""
    return _page(request, 403, "You may not do this", "Ask an admin if you think you should.")


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form did not come from our own page, or the sign-in changed meanwhile."""
    return _page(
        request,
        403,
        "This form is no longer valid",
        "Nothing was changed. Go back, load the page again and send the form once more. "
        "Your browser must accept cookies from this site.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(
        request,
        404,
        "There is nothing here",
        "The address may be mistyped, or the statement is not known to this installation.",
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """429: allauth's limit on signing in."""
    return _page(request, 429, "Too many attempts", "Wait a few minutes, then try again.")


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; the log knows more."""
    return _page(
        request,
        500,
        "Something went wrong on our side",
        "Nothing was sent by this. Look into the log of the Distributor, or ask whoever runs it.",
    )
