"""HTTP requests and responses as values."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Response:
        """A JSON answer; header names are given with underscores."""
        body = json.dumps(value, ensure_ascii=False).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, body, {"Content-Type": "application/json; charset=utf-8", **named})

    @classmethod
    def html(cls, page: str, status: int = 200) -> Response:
        """A page; the policy lets it load nothing but its own parts and the networks' images."""
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _PAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
        }
        return cls(status, page.encode(), headers)


class Refusal(Exception):
    """Raised by a handler to answer at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class BadArgument(Exception):
    """An argument of the query is not what it should be."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name} is not a number")
        self.name = name
        self.value = value


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart form."""

    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    path: str  # without the query
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def argument(self, name: str, default: str | None = None) -> str | None:
        """The last query argument of that name."""
        return dict(self.query).get(name, default)

    def number(self, name: str, default: int) -> int:
        """A query argument that counts something. Raises BadArgument."""
        value = self.argument(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,19}", value):
            raise BadArgument(name, value)
        return int(value)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)

    @property
    def bearer(self) -> str | None:
        """The token of an `Authorization: Bearer` header."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def fields(self) -> dict[str, list[str]]:
        """The fields of a form or JSON object; names lose their trailing `[]`."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            return {
                name: [str(item) for item in value] if isinstance(value, list) else [str(value)]
                for name, value in dict(self.json()).items()
                if value is not None
            }
        pairs = (
            [(name, part) for name, part in self._parts() if isinstance(part, str)]
            if kind.startswith("multipart/")
            else urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True)
        )
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            found.setdefault(name.removesuffix("[]"), []).append(value)
        return found

    def uploads(self) -> dict[str, Upload]:
        """The files of a multipart form."""
        return {name: part for name, part in self._parts() if isinstance(part, Upload)}

    def _parts(self) -> list[tuple[str, str | Upload]]:
        boundary = re.search(r'boundary="?([^";]+)', self.headers.get("content-type", ""))
        if boundary is None:
            return []
        found: list[tuple[str, str | Upload]] = []
        for part in self.body.split(b"--" + boundary[1].encode())[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            content = content.removesuffix(b"\r\n")
            header = head.decode()
            name = re.search(r'\bname="([^"]*)"', header)
            mime = re.search(r"(?im)^content-type:\s*([^\s;]+)", header)
            if name is None:
                continue
            is_file = "filename=" in header
            kind = mime[1] if mime else "application/octet-stream"
            found.append((name[1], Upload(content, kind) if is_file else content.decode()))
        return found
