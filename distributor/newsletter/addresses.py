"""E-mail addresses and names of subscribers: one spelling for each, or a refusal that says why.

No refusal repeats the address: its words end up in reports and logs.
"""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from distributor.errors import BadInput

_LONGEST = 254  # characters a mail path may have (RFC 5321 4.5.3.1.3, less the brackets)
_LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1; email-validator lets 65 pass (2.4.0, checked 2026-11)
_LONGEST_NAME = 200

# What nearly all addresses look like; the full validator is some twenty times slower.
# A "--" inside a label is Punycode or an error, which only that one can tell.
_PLAIN = re.compile(
    r"(?=[^@]{1,64}@(?!.*--))[a-z0-9!#$%&'*+/=?^_`{|}~-]++(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]++)*+"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE | re.ASCII,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_DIRECTION_CHANGES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_address(text: str) -> str:
    """The address as it is mailed to: the local part as given, the domain lower and in ASCII.

    Raises BadInput when mail cannot be sent there, without looking it up.
    """
    address = text.strip()
    if len(address) <= _LONGEST and _PLAIN.fullmatch(address):
        local, _, domain = address.partition("@")
        return f"{local}@{domain.lower()}"
    address = unicodedata.normalize("NFC", address)
    _require_shape(address)
    local, _, domain = address.partition("@")
    return f"{local}@{_ascii_domain(local, domain)}"


def _require_shape(address: str) -> None:
    if not address:
        raise BadInput("The address is empty.")
    if len(address) > _LONGEST:
        raise BadInput(f"The address is longer than {_LONGEST} characters.")
    if any(unicodedata.category(character) in _INVISIBLE for character in address):
        raise BadInput("The address contains control characters or invisible ones.")
    if address.count("@") != 1:
        raise BadInput("The address is not of the form name@domain.")
    local = address.partition("@")[0]
    if len(local) > _LONGEST_LOCAL:
        raise BadInput(f"The part before the @ is longer than {_LONGEST_LOCAL} characters.")
    if not local.isascii():
        raise BadInput(
            "The part before the @ has characters outside ASCII, which mail is not sent to."
        )


def _ascii_domain(local: str, domain: str) -> str:
    """The domain as DNS knows it (IDNA 2008). Raises BadInput."""
    try:
        found = validate_email(
            f"{local}@{domain}",
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,  # .test is what the sandbox and the tests use
        )
    except EmailNotValidError:
        raise BadInput("The address is not one that mail can be sent to.") from None
    return found.ascii_domain.lower()


def clean_name(text: str) -> str:
    """A person's name on one line; empty when there is none. Raises BadInput."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > _LONGEST_NAME:
        raise BadInput(f"The name is longer than {_LONGEST_NAME} characters.")
    if not name.isprintable() and any(
        unicodedata.category(mark) == "Cc" or mark in _DIRECTION_CHANGES for mark in name
    ):
        raise BadInput("The name contains control characters.")
    return name


def clean_language(text: str) -> str:
    """A language tag; empty when there is none. Raises BadInput."""
    tag = text.strip()
    if tag and (len(tag) > 35 or not _LANGUAGE.fullmatch(tag)):  # 35: RFC 5646 4.4.1
        raise BadInput('The language is not a tag like "en" or "pt-BR".')
    return tag


def clean_words(text: str, what: str, longest: int | None = None) -> str:
    """Words that go into the record as they are. Raises BadInput when empty, or with an address."""
    words = " ".join(text.split())
    if not words:
        raise BadInput(f"The {what} is empty. Say it in a few words.")
    if re.search(r"\S@\S", words):
        raise BadInput(f"The {what} contains an e-mail address. Say it without one.")
    if longest is not None and len(words) > longest:
        raise BadInput(f"The {what} is longer than {longest} characters. Shorten it.")
    return words
