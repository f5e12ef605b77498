"""Bytes become text: encodings, size, and files that hold no text at all."""

from __future__ import annotations

import codecs
import re

from ...errors import BadInput

LIMIT = 1_000_000  # bytes; a long report has a tenth of that
MOST_LINES = 20_000

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "a rich text (RTF) document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "an archive"),
)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
LINE_END = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTER = re.compile(rb"[A-Za-z]")
# Where a text that is not UTF-8 is most likely Windows-1252; elsewhere a guess would be wrong.
_WESTERN = frozenset("ca da de en es eu fi fr ga gl is it lb nb nl nn no pt sv".split())

READ_AS_WESTERN = (
    "The file is not UTF-8 and was read as Western European (Windows-1252): "
    "check accents and quotation marks."
)


def decode(raw: bytes | str, language: str) -> tuple[str, list[str]]:
    """The text, and warnings about how it was read. Raises BadInput when it is no text."""
    data = _as_bytes(raw)
    if len(data) > LIMIT:
        raise BadInput(
            f"The text is larger than 1 MB ({len(data) / 1e6:.1f} MB): "
            "hand in the statement alone, as plain text."
        )
    for magic, name in _SIGNATURES:
        if data.startswith(magic):
            raise BadInput(f"This is {name}, not plain text: save the statement as a .txt file.")
    text, warnings = _decode_bytes(data, language)
    _refuse_what_is_no_statement(text)
    return text, warnings


def _as_bytes(raw: bytes | str) -> bytes:
    if isinstance(raw, bytes):
        return raw
    try:
        return raw.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput("The text holds half characters: copy it again from where it is.") from None


def _decode_bytes(data: bytes, language: str) -> tuple[str, list[str]]:
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError:
            raise BadInput("The file is damaged UTF-16: save it as UTF-8 text.") from None
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return _decode_western(data, language, error.start), [READ_AS_WESTERN]


def _decode_western(data: bytes, language: str, start: int) -> str:
    """Windows-1252, unless the bytes or the language speak against it."""
    high, letters = len(_HIGH.findall(data)), len(_LETTER.findall(data))
    multibyte = len(_HIGH.findall(data.decode("utf-8", "ignore").encode("utf-8")))
    if multibyte > high - multibyte:
        line = data.count(b"\n", 0, start) + 1
        raise BadInput(f"Line {line} holds bytes that are not UTF-8: save the file as UTF-8 again.")
    if high > letters or language.split("-")[0].lower() not in _WESTERN:
        raise BadInput("The file's encoding is not known: save it as UTF-8 text.")
    return data.decode("cp1252", "replace")


def _refuse_what_is_no_statement(text: str) -> None:
    if not text or text.isspace():
        raise BadInput("The text is empty: hand in a file with the statement's title and text.")
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) / 100 + 2:
        raise BadInput("This is a binary file, not plain text: save the statement as a .txt file.")
    if len(LINE_END.findall(text)) > MOST_LINES:
        raise BadInput(f"The text has more than {MOST_LINES:,} lines: hand in the statement alone.")
    if _WEB_PAGE.match(text):
        raise BadInput("This is the source of a web page: copy the text out of the browser.")
