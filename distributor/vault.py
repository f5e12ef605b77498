"""The keys of an installation, and what is done with them: seal, index, token.

The keys live in `<storage.directory>/keys`, readable by the owner only, and
never in the database: whoever steals the database reads no address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import BadConfiguration

_NONCE = 12  # bytes; the size AES-GCM is specified for (NIST SP 800-38D)


@dataclass(frozen=True, slots=True)
class Vault:
    """Three keys of 32 bytes."""

    web: bytes
    sealing: bytes
    indexing: bytes

    def seal(self, text: str) -> bytes:
        """Encrypt; the same text gives other bytes each time."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.sealing).encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes | memoryview) -> str:
        """What was sealed. Raises BadConfiguration when the key is another one."""
        data = bytes(sealed)
        try:
            return AESGCM(self.sealing).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to have been sealed
            raise BadConfiguration(
                "A sealed value cannot be opened: keys/sealing.key is not the key it was "
                "sealed with. Restore the keys folder that belongs to this database."
            ) from None

    def index(self, address: str) -> str:
        """A keyed hash that finds an address again without revealing it (64 hex digits)."""
        return self._mac("address", address.strip().casefold()).hex()

    def token(self, purpose: str, subject: str) -> str:
        """An unguessable name for a subject: 22 URL-safe characters, 128 bits."""
        return base64.urlsafe_b64encode(self._mac(purpose, subject)[:16]).decode().rstrip("=")

    def _mac(self, purpose: str, subject: str) -> bytes:
        return hmac.digest(self.indexing, f"{purpose}\0{subject}".encode(), "sha256")


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


_NAMES = ("web", "sealing", "indexing")


def create(directory: Path) -> None:
    """Make the keys that are missing. Existing ones are left as they are."""
    folder = directory / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _NAMES:
        path = folder / f"{name}.key"
        if path.exists():
            continue
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex() + "\n")


def load(directory: Path) -> Vault:
    """Read the keys. Raises BadConfiguration when they are missing or damaged."""
    keys = []
    for name in _NAMES:
        path = directory / "keys" / f"{name}.key"
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            raise BadConfiguration(
                f"{path} is missing: the data directory is not set up. Run `distributor init`."
            ) from None
        except (OSError, ValueError) as error:
            raise BadConfiguration(f"{path} cannot be read as a key ({error}).") from None
        if len(key) != 32:
            raise BadConfiguration(f"{path} is damaged: a key has 64 hex digits.")
        keys.append(key)
    return Vault(*keys)
