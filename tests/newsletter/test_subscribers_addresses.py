"""Which addresses mail is sent to, and how each one is spelled."""

from __future__ import annotations

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from distributor.errors import BadInput
from distributor.newsletter.addresses import (
    clean_address,
    clean_language,
    clean_name,
    clean_words,
)

SPELLINGS = {
    "plain": ("ana@example.org", "ana@example.org"),
    "spaces around": ("  ana@example.org\t", "ana@example.org"),
    "local part keeps its case": ("Ana.Writes@Example.ORG", "Ana.Writes@example.org"),
    "signs of a local part": ("o'ana+list=a@example.org", "o'ana+list=a@example.org"),
    "domain of letters outside ASCII": ("ana@Bücher.example", "ana@xn--bcher-kva.example"),
    "domain in decomposed letters": ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
    "Punycode": ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
    "look-alike domain is another domain": (
        "ana@ex\u0430mple.org",
        "ana@xn--exmple-4nf.org",
    ),
    "local part of 64": ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    "sandbox": ("ana@readers.test", "ana@readers.test"),
    "sandbox, outside ASCII": ("ana@bücher.test", "ana@xn--bcher-kva.test"),
}

REFUSED = {
    "nothing": ("  ", "empty"),
    "no at": ("ana.example.org", "name@domain"),
    "two ats": ("ana@ben@example.org", "name@domain"),
    "full-width at": ("ana\uff20example.org", "name@domain"),
    "header injection": ("ana@example.org\r\nBcc: ben@example.org", "control"),
    "NUL": ("ana\0@example.org", "control"),
    "zero width": ("an\u200ba@example.org", "invisible"),
    "right-to-left override": ("\u202eana@example.org", "invisible"),
    "lone surrogate": ("ana\ud800@example.org", "invisible"),
    "local part of 65": ("a" * 65 + "@example.org", "64"),
    "whole too long": ("ana@" + "a." * 130 + "org", "254"),
    "too long once in ASCII": ("ana@" + "ü." * 60 + "org", "not one that mail"),
    "local part outside ASCII": ("anä@example.org", "outside ASCII"),
    "Cyrillic look-alike local part": ("\u0430na@example.org", "outside ASCII"),
    "display name": ("Ana <ana@example.org>", "not one that mail"),
    "space inside": ("ana b@example.org", "not one that mail"),
    "quoted": ('"ana"@example.org', "not one that mail"),
    "two dots": ("ana..b@example.org", "not one that mail"),
    "dot at the end": ("ana.@example.org", "not one that mail"),
    "host without a dot": ("ana@localhost", "not one that mail"),
    "number for a host": ("ana@127.0.0.1", "not one that mail"),
    "literal": ("ana@[127.0.0.1]", "not one that mail"),
    "hyphen first": ("ana@-example.org", "not one that mail"),
    "dashes that are no Punycode": ("ana@ab--c.org", "not one that mail"),
    "label of 64": ("ana@" + "a" * 64 + ".org", "not one that mail"),
    "Kelvin sign": ("ana@example.\u212aom\u212a!", "not one that mail"),
}


@pytest.mark.parametrize(("given_", "kept"), SPELLINGS.values(), ids=SPELLINGS)
def test_an_address_has_one_spelling(given_: str, kept: str) -> None:
    assert clean_address(given_) == kept
    assert clean_address(kept) == kept


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_an_address_that_mail_cannot_reach_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        clean_address(text)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED.values() if text.strip()])
def test_no_refusal_repeats_the_address(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        clean_address(text)
    assert text not in str(refusal.value)
    assert refusal.value.__cause__ is None


_LOCAL_PARTS = st.lists(st.text("aB9-_+'=", max_size=20), max_size=5).map(".".join)
_DOMAINS = st.lists(st.text("aB9-ü", max_size=12), max_size=5).map(".".join)


@given(_LOCAL_PARTS, _DOMAINS)
def test_what_passes_also_passes_the_full_validator(local: str, domain: str) -> None:
    try:
        cleaned = clean_address(f"{local}@{domain}")
    except BadInput:
        return
    assert validate_email(cleaned, check_deliverability=False).ascii_email == cleaned


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ana\n Writes ", "Ana Writes"),
        ("Ame\u0301lie", "Amélie"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_name_stands_on_one_line(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize("text", ["Ana\0", "Ana\x1b[31m", "\u202eAna", "A" * 201])
def test_a_name_that_could_deceive_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="name"):
        clean_name(text)


@pytest.mark.parametrize("tag", ["", "en", "pt-BR", "zh-Hant-TW", "ckb"])
def test_a_language_tag_is_kept(tag: str) -> None:
    assert clean_language(f" {tag} ") == tag


@pytest.mark.parametrize("tag", ["English", "e", "en_GB", "en-", "en-" + "abc-" * 10 + "x"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(BadInput, match="language"):
        clean_language(tag)


@pytest.mark.parametrize("text", ["", "  ", "asked ana@example.org", "x" * 41])
def test_words_for_the_record_are_short_and_hold_no_address(text: str) -> None:
    with pytest.raises(BadInput, match="The reason"):
        clean_words(text, "reason", longest=40)
