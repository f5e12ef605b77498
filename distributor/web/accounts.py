"""Signing in: allauth's rules and rate limits, with the doors we do not use kept shut."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

_MISMATCH = "This name and this password do not belong together. Check both and try again."


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """How allauth behaves here: accounts are made by an admin, never by a visitor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an admin adds persons with `distributor person add`."""
        return False

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page one lands on shows who is signed in."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """A closed account may know that it is closed: the password was right."""
        messages.error(request, "This account is closed. Ask an admin to open it again.")
        return redirect("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the queue, saying that it worked."""
        messages.success(request, "Your password is changed.")
        return "/"


# Only the pages we have styled; sign-up, password reset and e-mail pages do not exist.
urlpatterns: list[URLPattern] = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path(
        "password/",
        login_required(views.password_change),
        name="account_change_password",
    ),
]
