"""Received mails as subscribers see them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from .smtp_server import ReceivedMail


@dataclass(frozen=True, slots=True)
class SeenMail:
    """One message, taken apart."""

    number: int
    sender: str  # of the envelope: where bounces go
    recipients: tuple[str, ...]
    at: dt.datetime
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    unsubscribe: str | None  # the https address of List-Unsubscribe

    def to_json(self) -> dict[str, Any]:
        """The mail as JSON values."""
        return {
            "number": self.number,
            "sender": self.sender,
            "recipients": list(self.recipients),
            "at": self.at.isoformat(),
            "subject": self.subject,
            "headers": [list(header) for header in self.headers],
            "text": self.text,
            "html": self.html,
            "unsubscribe": self.unsubscribe,
        }


def read(mail: ReceivedMail) -> SeenMail:
    """Take a received message apart."""
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    link = re.search(r"<(https?://[^>\s]+)>", str(message.get("List-Unsubscribe", "")))
    return SeenMail(
        mail.number,
        mail.sender,
        mail.recipients,
        mail.at,
        str(message.get("Subject", "(no subject)")),
        tuple((name, str(value)) for name, value in message.items()),
        _part(message, "plain"),
        _part(message, "html"),
        link[1] if link else None,
    )


def _part(message: EmailMessage, kind: str) -> str | None:
    body = message.get_body((kind,))
    if body is None:
        return None
    try:
        return str(body.get_content())
    except LookupError:  # a character set nobody knows
        return str(body.get_payload())
