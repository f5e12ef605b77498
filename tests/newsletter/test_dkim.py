"""DKIM signatures, verified by our own reading of RFC 6376 from the finished message."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from distributor.config import Mail
from distributor.errors import BadConfiguration
from distributor.newsletter.compile import Addressee, CompiledMail
from distributor.newsletter.dkim import Signer, read_key

KEY = rsa.generate_private_key(65537, 2048)
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
WAY_OUT = "https://example.org/u/UNSUBSCRIBE-TOKEN"


def signed_message() -> bytes:
    mail = {
        "list": "press",
        "language": "en",
        "list_id": "press.example.org",
        "title": "Press list",
        "sender": "news@example.org",
        "reply_to": None,
        "unsubscribe": WAY_OUT,
        "subject": "Prohlášení o zatčení spisovatelky, které nás všechny velmi znepokojilo",
        "text": f"Two  spaces \n\n{WAY_OUT}\n\n\n",
        "html": f"<p>\tTab</p>\n{WAY_OUT}\n",
    }
    signer = Signer("example.org", "s1", KEY)
    compiled = CompiledMail(mail, date=NOON, message_id_domain="example.org", signer=signer)
    return compiled.fill(Addressee("ana@example.org", "A" * 22, "c1.1", "Ána"))


def verify(message: bytes) -> dict[str, str]:
    """The tags of a valid signature. Raises InvalidSignature."""
    head, body = message.split(b"\r\n\r\n", 1)
    fields = re.split(rb"\r\n(?![ \t])", head)
    tags = _tags(fields[0])
    relaxed = re.sub(rb"[ \t]+", b" ", body)
    relaxed = re.sub(rb" \r\n", b"\r\n", relaxed)
    relaxed = re.sub(rb"(\r\n)+\Z", b"", relaxed) + b"\r\n"
    if base64.b64encode(hashlib.sha256(relaxed).digest()).decode() != tags["bh"]:
        raise InvalidSignature
    covered = _covered(fields[1:], tags["h"].split(":"))
    covered += _relaxed(re.sub(rb"(?<=[; ]b=)[^;]*\Z", b"", fields[0]))
    KEY.public_key().verify(base64.b64decode(tags["b"]), covered, padding.PKCS1v15(), SHA256())
    return tags


def _tags(field: bytes) -> dict[str, str]:
    value = re.sub(r"\s", "", field.decode().partition(":")[2])
    return dict(re.findall(r"(\w+)=([^;]*)", value))


def _covered(fields: list[bytes], names: list[str]) -> bytes:
    left = list(fields)
    covered = b""
    for name in names:
        found = [one for one in left if one.lower().startswith(name.encode() + b":")]
        if found:
            left.remove(found[-1])
            covered += _relaxed(found[-1]) + b"\r\n"
    return covered


def _relaxed(field: bytes) -> bytes:
    name, value = field.split(b":", 1)
    return name.lower() + b":" + b" ".join(value.replace(b"\r\n", b" ").split())


def test_the_signature_of_a_compiled_mail_verifies() -> None:
    tags = verify(signed_message())
    assert (tags["a"], tags["c"], tags["d"], tags["s"]) == (
        "rsa-sha256",
        "relaxed/relaxed",
        "example.org",
        "s1",
    )
    assert tags["t"] == str(int(NOON.timestamp()))
    assert "l" not in tags


def test_both_unsubscribe_fields_are_covered() -> None:
    names = verify(signed_message())["h"].split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(names)


@pytest.mark.parametrize("field", ["From", "Subject", "To", "List-Unsubscribe-Post", "Cc"])
def test_a_second_field_breaks_the_signature(field: str) -> None:
    signature, rest = re.split(rb"\r\n(?![ \t])", signed_message(), maxsplit=1)
    with pytest.raises(InvalidSignature):
        verify(signature + f"\r\n{field}: added".encode() + b"\r\n" + rest)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", b""),
        (b"ana@example.org", b"ben@example.org"),
        (b"Two", b"Six"),
    ],
)
def test_a_change_breaks_the_signature(before: bytes, after: bytes) -> None:
    message = signed_message()
    assert before in message
    with pytest.raises(InvalidSignature):
        verify(message.replace(before, after, 1))


def test_a_relay_may_fold_headers_and_trim_spaces() -> None:
    message = signed_message()
    assert verify(message.replace(b"Precedence: bulk", b"Precedence:\r\n  bulk"))
    assert verify(message.replace(b"MIME-Version: 1.0", b"mime-version:  1.0"))


def test_lines_of_the_signature_are_short() -> None:
    signature = re.split(rb"\r\n(?![ \t])", signed_message(), maxsplit=1)[0]
    assert max(len(line) for line in signature.split(b"\r\n")) <= 78


def test_a_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(KEY))
    assert read_key(path).private_numbers() == KEY.private_numbers()


@pytest.mark.parametrize("content", [b"not a key", b""], ids=["text", "empty"])
def test_a_file_without_a_key_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(BadConfiguration, match=r"key\.pem is not a private key"):
        read_key(path)


def test_a_missing_key_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"key\.pem cannot be read"):
        read_key(tmp_path / "key.pem")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(BadConfiguration, match="not an RSA key"):
        read_key(path)


def test_the_configuration_names_the_signer(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(KEY))
    table = Mail(dkim_domain="example.org", dkim_selector="s1", dkim_key_file=str(path))
    signer = Signer.from_configuration(table)
    assert signer is not None
    signature = signer.sign([b"From: news@example.org"], b"body\r\n", NOON)
    assert b" d=example.org; s=s1;" in signature


def test_without_dkim_in_the_configuration_the_relay_signs() -> None:
    assert Signer.from_configuration(Mail()) is None


@pytest.mark.parametrize(
    "table",
    [
        Mail(dkim_domain="example.org"),
        Mail(dkim_domain="example.org;\r\nX: y", dkim_selector="s1", dkim_key_file="key.pem"),
    ],
    ids=["incomplete", "not a name"],
)
def test_a_wrong_dkim_configuration_is_refused(table: Mail) -> None:
    with pytest.raises(BadConfiguration, match="dkim_"):
        Signer.from_configuration(table)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
