"""A frozen mail compiled once into bytes, and filled for each recipient.

Encoding a message costs milliseconds, filling its slots microseconds: only the
address, the message's id and the way out differ between recipients.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from ..errors import BadInput, BadState
from ..rendering.mailtext import SLOT
from . import headers, quoted_printable
from .dkim import Signer, relaxed_body

# Unsubscribe tokens are random and URL-safe; 128 bits are 22 characters.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_MOST_KEY = 100
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom one copy goes to.

    `token` is the recipient's own way out. `message_key` becomes the left half
    of the Message-ID: the same for every attempt at the same message, so that a
    repeat can be recognised.
    """

    address: str
    token: str
    message_key: str
    name: str | None = None


class CompiledMail:
    """One element of a proof's "mails", ready to be addressed.

    `message_id_domain` is the right half of every Message-ID. `mailto` is a
    second way out for programs that write instead of posting. `signer` adds a
    DKIM signature; without one the relay should sign.
    Raises BadInput when the frozen mail has something no header may carry.
    """

    def __init__(
        self,
        mail: Mapping[str, Any],
        *,
        date: dt.datetime,
        message_id_domain: str,
        mailto: str | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._date = date
        self._domain = message_id_domain
        self._signer = signer
        self._way_out = _halves(mail["unsubscribe"])
        self._mailto = f", <mailto:{mailto}>" if mailto else ""
        boundary = _boundary(mail)
        self._fixed = _fixed_fields(mail, date, boundary)
        self._body = _body(mail, boundary)
        self._canonical = [relaxed_body(piece) for piece in self._body] if signer else []
        self.fill(Addressee("a@example.org", "A" * 22, "a"))  # what fails, fails here

    def fill(self, addressee: Addressee) -> bytes:
        """The whole message to this recipient, in CRLF lines.

        Raises UnusableAddress when mail cannot be addressed to it.
        """
        if not _TOKEN.fullmatch(addressee.token):
            raise BadState("An unsubscribe token is malformed; the message was not written.")
        token = addressee.token.encode("ascii")
        fields = [*self._own_fields(addressee), *self._fixed]
        if self._signer:
            body = token.join(self._canonical)
            fields.insert(0, self._signer.sign(fields, body, self._date))
        return b"\r\n".join([*fields, b"", token.join(self._body)])

    def _own_fields(self, addressee: Addressee) -> list[bytes]:
        """The fields that differ between recipients."""
        key = addressee.message_key
        if len(key) > _MOST_KEY or not _KEY.fullmatch(key):
            raise BadState("The key of a message is malformed; the message was not written.")
        before, after = self._way_out
        return [
            _to(addressee),
            headers.field("Message-ID", f"<{key}@{self._domain}>"),
            headers.field("List-Unsubscribe", f"<{before}{addressee.token}{after}>{self._mailto}"),
        ]


def _to(addressee: Addressee) -> bytes:
    address = headers.wire_address(addressee.address)
    name = addressee.name or ""
    if not name or len(name) > _MOST_NAME:
        return b"To: " + address.encode("ascii")
    try:
        return f"To: {headers.named('To', name, f'<{address}>')}".encode("ascii")
    except BadInput:  # a subscriber's own name must not keep the message from them
        return b"To: " + address.encode("ascii")


def _fixed_fields(mail: Mapping[str, Any], date: dt.datetime, boundary: str) -> list[bytes]:
    fields = [
        headers.mailbox_field("From", mail["sender"]),
        headers.text_field("Subject", mail["subject"]),
        headers.field("Date", format_datetime(date)),
        # RFC 8058 section 3: exactly this, and covered by the signature.
        headers.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        _list_id(mail),
        headers.field("Precedence", "bulk"),
        headers.field("Content-Language", mail["language"]),
        headers.field("MIME-Version", "1.0"),
        headers.field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    if mail["reply_to"]:
        fields.insert(1, headers.mailbox_field("Reply-To", mail["reply_to"]))
    return fields


def _list_id(mail: Mapping[str, Any]) -> bytes:
    """RFC 2919: a name for people, and an id that stays the same for the list's life."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", mail["list_id"]):
        raise BadInput(
            f"lists.{mail['list']}.list_id: it may only have letters, digits, dots and hyphens, "
            "like press.example.org."
        )
    shown = headers.named("List-Id", mail["title"], f"<{mail['list_id']}>")
    return f"List-Id: {shown}".encode("ascii")


def _halves(way_out: str) -> tuple[str, str]:
    before, slot, after = way_out.partition(SLOT)
    if not slot or not re.fullmatch(r"https?://[\x21-\x3b\x3d\x3f-\x7e]+", before + after):
        raise BadInput(
            "The mail's unsubscribe address is not a web address with a place for a token."
        )
    return before, after


def _boundary(mail: Mapping[str, Any]) -> str:
    """The same for the same mail; "=_" never occurs in quoted-printable text."""
    both = f"{mail['text']}\0{mail['html']}".encode()
    return f"=_{hashlib.sha256(both).hexdigest()[:32]}"


def _body(mail: Mapping[str, Any], boundary: str) -> list[bytes]:
    """Both parts, in pieces: between each two of them goes the recipient's token."""
    pieces = [b""]
    for kind, content in (("plain", mail["text"]), ("html", mail["html"])):
        head = (
            f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        pieces[-1] += head.encode("ascii")
        first, *others = _slotted(content, mail["unsubscribe"])
        if not others:
            raise BadInput(f"The {kind} part of the mail has no unsubscribe link.")
        pieces[-1] += first
        pieces += others
        pieces[-1] += b"\r\n"
    pieces[-1] += f"--{boundary}--\r\n".encode("ascii")
    return pieces


def _slotted(content: str, way_out: str) -> list[bytes]:
    """The encoded text around each slot; soft breaks keep a token from lengthening a line."""
    before, after = way_out.split(SLOT)
    texts = content.split(way_out)
    last = len(texts) - 1
    pieces = []
    for number, text in enumerate(texts):
        start = after + text if number else text
        whole = quoted_printable.encode(start if number == last else start + before)
        left = quoted_printable.SOFT_BREAK if number else b""
        right = b"" if number == last else quoted_printable.SOFT_BREAK
        pieces.append(left + whole + right)
    return pieces
