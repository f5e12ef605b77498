"""Header fields of a mail as bytes that cannot carry another field inside.

The standard library's message classes are not used to write: they fold
List-Unsubscribe into encoded words, which breaks one-click unsubscribing, and
take 500 times as long.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import parseaddr

from email_validator import EmailNotValidError, validate_email

from ..errors import BadInput

# RFC 5322 section 2.1.1: no line longer than 998 bytes; RFC 2047: encoded words up to 75.
MOST_BYTES = 998
_COLUMNS = 76

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9.-]+")
_LONGEST_WORD = 60


class UnusableAddress(BadInput):
    """A message to this address cannot be written; the text does not name it."""


def field(name: str, value: str) -> bytes:
    """One field that is never folded, for addresses a machine reads. Raises BadInput."""
    line = f"{name}: {_printable(name, value)}"
    if not line.isascii():
        raise BadInput(f"The mail's {name} may only have ASCII characters. Correct it.")
    if len(line) > MOST_BYTES:
        raise BadInput(f"The mail's {name} is too long for a header. Shorten it.")
    return line.encode("ascii")


def text_field(name: str, value: str) -> bytes:
    """One field of words in any script, folded and encoded as RFC 2047 says. Raises BadInput."""
    return f"{name}: {_words(name, _printable(name, value))}".encode("ascii")


def mailbox_field(name: str, mailbox: str) -> bytes:
    """From or Reply-To: "news@example.org" or "The Alliance <news@example.org>".

    Raises BadInput when it is neither.
    """
    display, address = parseaddr(_printable(name, mailbox))
    try:
        address = wire_address(address)
    except UnusableAddress:
        raise BadInput(
            f"The mail's {name} is not an address like “The Alliance <news@example.org>”."
        ) from None
    return f"{name}: {named(name, display, f'<{address}>')}".encode("ascii")


def named(field_name: str, display: str, bracketed: str) -> str:
    """An address or list id in angle brackets, with the name before it. Raises BadInput."""
    display = " ".join(_printable(field_name, display).split())
    if not display:
        return bracketed.strip("<>") if field_name != "List-Id" else bracketed
    if _PLAIN.fullmatch(display) and "=?" not in display:
        shown = display
    elif display.isascii() and "=?" not in display:
        shown = '"' + re.sub(r'(["\\])', r"\\\1", display) + '"'
    else:
        shown = _words(field_name, display)
    separator = " " if len(field_name) + len(shown) + len(bracketed) < _COLUMNS else "\r\n "
    return f"{shown}{separator}{bracketed}"


def wire_address(address: str) -> str:
    """The address in ASCII, its domain in punycode. Raises UnusableAddress."""
    if _ADDRESS.fullmatch(address):
        return address
    try:
        valid = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise UnusableAddress("The address is not a valid e-mail address. Correct it.") from None
    if valid.ascii_email is None:
        raise UnusableAddress(
            "The part of the address before the @ has characters other than ASCII, which most "
            "mail servers do not take. Ask the subscriber for another address."
        )
    if not _ADDRESS.fullmatch(valid.ascii_email):
        raise UnusableAddress("The address has a form mail servers do not take. Correct it.")
    return valid.ascii_email


def _printable(name: str, value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise BadInput(f"The mail's {name} has a control character in it. Remove it.")
    return value


def _words(name: str, text: str) -> str:
    simple = text.isascii() and "=?" not in text
    if simple and len(max(text.split(" "), key=len)) > _LONGEST_WORD:
        simple = False  # there is no space to fold it at
    header = Header(text, "us-ascii" if simple else "utf-8", maxlinelen=_COLUMNS, header_name=name)
    return header.encode(linesep="\r\n")
