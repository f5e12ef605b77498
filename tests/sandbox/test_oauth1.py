"""OAuth 1.0a signatures, checked with the example of the standard."""

from __future__ import annotations

import pytest

from distributor.sandbox.messages import Request
from distributor.sandbox.oauth1 import Keys, is_signed, read_header

# RFC 5849 section 1.2
KEYS = Keys("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")
HEADER = (
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", '
    'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", '
    'oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"'
)
QUERY = (("file", "vacation.jpg"), ("size", "original"))


def signed(query: tuple[tuple[str, str], ...] = QUERY, header: str = HEADER) -> Request:
    return Request("GET", "/photos", query, {"authorization": header}, b"")


def test_the_example_of_the_standard_is_signed() -> None:
    assert is_signed(signed(), "http://photos.example.net", KEYS)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(signed(query=QUERY[:1]), id="an argument is missing"),
        pytest.param(signed(header=HEADER.replace("chapoH", "other")), id="another nonce"),
        pytest.param(signed(header=HEADER.replace("nnch", "mmch")), id="another token"),
        pytest.param(signed(header="Bearer token"), id="another scheme"),
        pytest.param(signed(header=""), id="no header"),
    ],
)
def test_a_request_that_differs_is_not_signed(request_: Request) -> None:
    assert not is_signed(request_, "http://photos.example.net", KEYS)


def test_another_secret_does_not_fit() -> None:
    other = Keys(KEYS.consumer_key, "wrong", KEYS.access_token, KEYS.access_token_secret)
    assert not is_signed(signed(), "http://photos.example.net", other)


def test_secrets_do_not_show_in_the_representation() -> None:
    assert "kd94hf93k423kf44" not in repr(KEYS) and "pfkkdhi9sl3r4s00" not in repr(KEYS)


def test_a_header_is_read_with_its_escapes() -> None:
    assert read_header(HEADER)["oauth_signature"] == "MdpQcU8iPSUjWoN/UDMsK2sui9I="
