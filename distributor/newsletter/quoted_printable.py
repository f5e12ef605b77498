"""Quoted-printable (RFC 2045 section 6.7), in a form that survives every relay.

No line begins with a dot, so nothing needs stuffing (RFC 5321 section 4.5.2), or
with "From ", which old mailboxes change and so break a signature.
"""

from __future__ import annotations

import re

_COLUMNS = 76
_TO_ENCODE = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]|[\t ]\Z")
SOFT_BREAK = b"=\r\n"


def encode(text: str) -> bytes:
    """The text in lines of at most 76 bytes that end in CRLF, the last one without."""
    return b"\r\n".join(_encode_line(line.encode()) for line in text.split("\n"))


def _encode_line(line: bytes) -> bytes:
    rest = _TO_ENCODE.sub(lambda match: b"=%02X" % match[0][0], line)
    pieces: list[bytes] = []
    while True:
        rest = _protected(rest)
        if len(rest) <= _COLUMNS:
            return SOFT_BREAK.join([*pieces, rest])
        end = _COLUMNS - 1
        end -= 1 if rest[end - 1 : end] == b"=" else 2 if rest[end - 2 : end - 1] == b"=" else 0
        pieces.append(rest[:end])
        rest = rest[end:]


def _protected(line: bytes) -> bytes:
    if line.startswith((b".", b"From ")):
        return b"=%02X" % line[0] + line[1:]
    return line
