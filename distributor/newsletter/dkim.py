"""DKIM signatures (RFC 6376): RSA with SHA-256, relaxed/relaxed, fields over-signed.

Every field that must not be changed is signed, and once more than it occurs, so
that nobody can add a second one. RFC 8058 section 3.1 demands that both
List-Unsubscribe fields are covered. The body is always signed whole (no l=).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..config import Mail
from ..errors import BadConfiguration

_SIGNED = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "mime-version",
    "content-type", "content-language", "list-id", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_LEAST_BITS = 1024  # RFC 8301 section 3.2; what verifiers must still take
_COLUMNS = 72
_DNS_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


class Signer:
    """Signs for one domain with one key."""

    def __init__(self, domain: str, selector: str, key: RSAPrivateKey) -> None:
        self._domain = domain
        self._selector = selector
        self._key = key

    @classmethod
    def from_configuration(cls, table: Mail) -> Signer | None:
        """The signer of [mail]; None when the relay is to sign. Raises BadConfiguration."""
        domain, selector, key_file = table.dkim_domain, table.dkim_selector, table.dkim_key_file
        if not (domain or selector or key_file):
            return None
        if not (domain and selector and key_file):
            raise BadConfiguration(
                "mail: give dkim_domain, dkim_selector and dkim_key_file together, or none of them."
            )
        for name, value in (("dkim_domain", domain), ("dkim_selector", selector)):
            if not _DNS_NAME.fullmatch(value):
                raise BadConfiguration(f"mail.{name}: {value!r} is not a name in the DNS.")
        return cls(domain, selector, read_key(Path(key_file)))

    def sign(self, fields: Sequence[bytes], canonical_body: bytes, at: dt.datetime) -> bytes:
        """The DKIM-Signature field of a message with these fields, without its final CRLF.

        `fields` are whole header fields without their final CRLF, possibly
        folded; `canonical_body` is what `relaxed_body` made of the body.
        """
        chosen, names = _over_signed(fields)
        tags = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; t={int(at.timestamp())};"
            f"\r\n d={self._domain}; s={self._selector};"
        )
        body = canonical_body.rstrip(b"\r\n") + b"\r\n"  # empty lines at the end do not count
        body_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
        unsigned = f"DKIM-Signature: {tags}\r\n h={_folded(names)};\r\n bh={body_hash};\r\n b="
        covered = b"".join(relaxed_field(one) + b"\r\n" for one in chosen)
        covered += relaxed_field(unsigned.encode("ascii"))
        signature = self._key.sign(covered, padding.PKCS1v15(), SHA256())
        encoded = base64.b64encode(signature).decode()
        lines = [encoded[at : at + _COLUMNS] for at in range(0, len(encoded), _COLUMNS)]
        return (unsigned + "\r\n ".join(lines)).encode("ascii")


def read_key(path: Path) -> RSAPrivateKey:
    """The private key in this PEM file. Raises BadConfiguration."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise BadConfiguration(
            f"mail.dkim_key_file: {path} cannot be read ({error.strerror})."
        ) from None
    except (ValueError, TypeError):
        raise BadConfiguration(
            f"mail.dkim_key_file: {path} is not a private key without a password in PEM form."
        ) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
        raise BadConfiguration(
            f"mail.dkim_key_file: {path} is not an RSA key of at least {_LEAST_BITS} bits. "
            "Make one of 2048 bits."
        )
    return key


def relaxed_field(field: bytes) -> bytes:
    """A header field in relaxed form (RFC 6376 section 3.4.2), without its final CRLF."""
    name, _, value = field.partition(b":")
    words = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + words.strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """A body in relaxed form (RFC 6376 section 3.4.4).

    May be applied to pieces of a body that are cut where no space stands.
    """
    return re.sub(rb" (?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))


def _over_signed(fields: Sequence[bytes]) -> tuple[list[bytes], list[str]]:
    """The fields to cover, and the names for h=: each once more than it occurs."""
    present: dict[str, list[bytes]] = {name: [] for name in _SIGNED}
    for one in fields:
        name = one.partition(b":")[0].strip().lower().decode("ascii")
        if name in present:
            present[name].append(one)
    # RFC 6376 section 5.4.2: of several fields the last one is taken first.
    chosen = [one for name in _SIGNED for one in reversed(present[name])]
    return chosen, [name for name in _SIGNED for _ in range(len(present[name]) + 1)]


def _folded(names: Sequence[str]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > _COLUMNS:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n  ".join(lines).removesuffix(":")
