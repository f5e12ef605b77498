"""The login of a Bluesky channel: kept over restarts, renewed when it has run out.

A server lets an account log in 30 times in five minutes and 300 times a day, so
a session is used until its tokens are refused, and every new one is saved
before it is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from atproto import Client, Session, SessionEvent
from atproto.exceptions import AtProtocolError
from atproto_client.models.dot_dict import DotDict
from atproto_client.request import Request

from .. import config
from ..config import require_secret
from ..statements.values import canonical_json
from .base import Surroundings
from .exchanges import Exchange, is_loopback
from .httpx_transport import BoundedTransport

_TOKEN_REFUSED = {"ExpiredToken", "InvalidToken", "AuthMissing"}  # with 400, not only 401


class BlueskySession:
    """Calls to the account's server, with a valid session. Whatever goes wrong raises."""

    def __init__(self, where: str, table: config.BlueskyChannel, around: Surroundings) -> None:
        self.exchange = Exchange("Bluesky", table.timeout, around.is_halted, around.now)
        self._handle = table.handle.lstrip("@")
        self._password = require_secret(table, "app_password", where)
        self._service = table.service.rstrip("/")
        self._store = around.session
        self._signed_in = False
        transport = BoundedTransport(self.exchange, self._service)
        self._client = Client(self._service, Request(transport=transport, timeout=table.timeout))
        self._client.on_session_change(self._changed)

    def query(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask something."""
        asked = DotDict(parameters) if parameters else None
        return self._with_session(lambda: self._client.invoke_query(method, params=asked).content)

    def call(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do something. The body goes out as it is: the models would drop a null."""
        content = canonical_json(body)
        return self._with_session(
            lambda: (
                self._client.invoke_procedure(
                    method, content=content, input_encoding="application/json"
                ).content
            )
        )

    def upload(self, content: bytes, mime: str) -> dict[str, Any]:
        """Bring a file."""
        return self._with_session(
            lambda: (
                self._client.invoke_procedure(
                    "com.atproto.repo.uploadBlob", content=content, input_encoding=mime
                ).content
            )
        )

    def close(self) -> None:
        """Release connections."""
        self._client.request.close()

    def _with_session(self, request: Callable[[], Any]) -> dict[str, Any]:
        if not self._signed_in:
            self._sign_in()
        try:
            told = request()
        except AtProtocolError:
            if not self._is_token_refused():
                raise
            self._renew()
            told = request()
        if not isinstance(told, dict):
            raise ValueError("not a JSON object")
        return told

    def _sign_in(self) -> None:
        if kept := self._kept_session():
            self._client.login(session_string=kept, fetch_bsky_profile=False)
        else:
            self._log_in()
        self._signed_in = True

    def _log_in(self) -> None:
        # Without the profile: a server of one's own need not serve app.bsky.
        self._client.login(self._handle, self._password, fetch_bsky_profile=False)

    def _kept_session(self) -> str | None:
        """The saved session, if it is one and belongs to this account."""
        kept = self._store.load() or ""
        with contextlib.suppress(ValueError, AtProtocolError):
            session = Session.decode(kept)
            names = {session.handle.casefold(), session.did}
            if session.access_jwt_payload.exp and self._handle.casefold() in names:
                return kept
        return None

    def _is_token_refused(self) -> bool:
        answer = self.exchange.answer
        return answer is not None and answer.json().get("error") in _TOKEN_REFUSED

    def _renew(self) -> None:
        """New tokens for the refresh token, or a new login when that is refused as well."""
        old = Session.decode(self._client.export_session_string())
        authorization = {"Authorization": f"Bearer {old.refresh_jwt}"}
        try:
            new = self._client.com.atproto.server.refresh_session(
                headers=authorization, ignore_session_check=True
            )
        except AtProtocolError:
            if self.exchange.answer is None or self.exchange.answer.status not in (400, 401):
                raise
            self._log_in()
            return
        tokens = Session(new.handle, new.did, new.access_jwt, new.refresh_jwt, old.pds_endpoint)
        self._store.save(tokens.export())
        self._client.login(session_string=tokens.export(), fetch_bsky_profile=False)

    def _changed(self, event: SessionEvent, session: Session) -> None:
        """Save what is new, and do not let a session lead away from a server of our own."""
        if event is not SessionEvent.IMPORT:
            self._store.save(session.export())
        if is_loopback(self._service) or not str(session.pds_endpoint).startswith("https://"):
            self._client.update_base_url(self._service)
