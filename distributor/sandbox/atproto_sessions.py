"""The tokens of a Bluesky session: signed, dated, and expired on request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

ACCESS_SECONDS = 7200
REFRESH_SECONDS = 90 * 86400


class BadToken(Exception):
    """The token is not (or no longer) good; `name` is the network's word for why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Sessions:
    """Gives and checks tokens. They outlive the server: the key depends on the account only."""

    def __init__(self, did: str) -> None:
        self._did = did
        self._key = hashlib.sha256(f"sandbox {did}".encode()).digest()
        self._given: set[str] = set()
        self._spent: set[str] = set()

    def open(self) -> dict[str, str]:
        """A new pair of tokens, named as the API names them."""
        return {
            "accessJwt": self._token("com.atproto.access", ACCESS_SECONDS),
            "refreshJwt": self._token("com.atproto.refresh", REFRESH_SECONDS),
        }

    def require(self, token: str | None, kind: str = "access") -> dict[str, Any]:
        """The claims of a good token. Raises BadToken."""
        claims = self._claims(token or "")
        if claims.get("scope") != f"com.atproto.{kind}" or claims.get("sub") != self._did:
            raise BadToken("InvalidToken", "Token could not be verified")
        if claims["exp"] <= time.time() or claims["jti"] in self._spent:
            raise BadToken("ExpiredToken", "Token has expired")
        return claims

    def spend(self, claims: dict[str, Any]) -> None:
        """Never let this token in again."""
        self._spent.add(claims["jti"])

    def expire(self) -> None:
        """Expire all access tokens given so far."""
        self._spent |= self._given

    def _token(self, scope: str, seconds: int) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "scope": scope,
            "sub": self._did,
            "aud": "did:web:localhost",
            "iat": now,
            "exp": now + seconds,
            "jti": secrets.token_urlsafe(16),
        }
        if scope == "com.atproto.access":
            self._given.add(claims["jti"])
        signed = f"{_encode({'typ': 'at+jwt', 'alg': 'HS256'})}.{_encode(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def _claims(self, token: str) -> dict[str, Any]:
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise BadToken("InvalidToken", "Token could not be verified")
        body = signed.partition(".")[2]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
        return claims

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._key, signed.encode(), hashlib.sha256).digest())


def _encode(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
