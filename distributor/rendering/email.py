"""The e-mail of a statement: subject, text part and HTML part, ready to be frozen.

The text part is set from the wording itself, not converted from the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import css_inline

from ..statements.values import Paragraph, Wording
from .edition import Edition, Finding, ListTarget
from .languages import direction
from .mailtext import SLOT, flowing, fold, shortened, underlined, wrapped
from .mailwords import Words, read_words
from .templates import Sandbox, TemplateFault, environment, render
from .wrapping import columns

# The preview line of mail programs shows 35 to 140 characters beside the subject.
PREHEADER_COLUMNS = 200
# Programs on a wide screen show about this much of a subject, telephones 40.
SUBJECT_COLUMNS = 100

# What would tell somebody that the mail is read, or that a mail program would not run.
_FROM_ELSEWHERE = re.compile(
    r"<(?:script|img|link|iframe|object|embed|video|audio|form|base)\b"
    r"|<style[^<]*(?:url\(|@import)|<[^>]*[\s:]url\(",
    re.IGNORECASE,
)


def render_mail(
    wording: Wording, edition: Edition, target: ListTarget, templates: Path
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The mail to one list as it is frozen into a proof, and what should be known about it.

    `templates` is the folder that holds `newsletter/`. A part whose template
    fails is empty, and a blocking finding says where the fault is.
    """
    where = f"mail to {target.name}"
    folder = templates / "newsletter"
    parts = {"subject": "", "text": "", "html": ""}
    findings: list[Finding] = []
    try:
        words = read_words(folder / "words.toml", wording.language)
        findings += _wording_findings(where, words, wording)
        values = _values(wording, edition, target, words)
    except TemplateFault as fault:
        return _frozen(wording, target, parts), (_fault(where, fault),)
    for part, make in (("subject", _subject), ("text", _text), ("html", _html)):
        try:
            parts[part] = make(folder, values)
        except TemplateFault as fault:
            findings.append(_fault(where, fault))
        else:
            findings += _part_findings(where, part, parts[part])
    return _frozen(wording, target, parts), tuple(findings)


def _frozen(wording: Wording, target: ListTarget, parts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "list": target.name,
        "language": wording.language,
        "direction": direction(wording.language),
        "list_id": target.list_id,
        "title": target.title,
        "sender": target.sender,
        "reply_to": target.reply_to,
        "unsubscribe": target.unsubscribe,
        **parts,
    }


def _values(wording: Wording, edition: Edition, target: ListTarget, words: Words) -> dict[str, Any]:
    """What a template may use."""
    opening = next((block.text for block in wording.blocks if isinstance(block, Paragraph)), "")
    return {
        "title": wording.title,
        "date": words.date(wording.date) if wording.date else None,
        "url": edition.url,
        "blocks": wording.blocks,
        "language": wording.language,
        "direction": direction(wording.language),
        "side": _side(wording.language),
        "preheader": shortened(opening, PREHEADER_COLUMNS),
        "organisation": edition.organisation,
        "site": edition.site,
        "list": target.title,
        "unsubscribe": target.unsubscribe,
        "words": {
            "language": words.language,
            "direction": direction(words.language),
            "side": _side(words.language),
            "reason": words.reason(target.title, edition.organisation),
            "unsubscribe": words.unsubscribe,
            "web": words.web,
        },
    }


def _side(language: str) -> str:
    """Where lines begin in this language."""
    return "right" if direction(language) == "rtl" else "left"


@cache
def _sandbox(folder: Path, *, html: bool) -> Sandbox:
    """The sandbox with the mail's filters; it reads a template again when its file changes."""
    sandbox = environment(folder, html=html)
    sandbox.filters |= {"wrapped": wrapped, "underlined": underlined, "flowing": flowing}
    return sandbox


def _subject(folder: Path, values: Mapping[str, Any]) -> str:
    return " ".join(render(_sandbox(folder, html=False), "subject.txt.j2", values).split())


def _text(folder: Path, values: Mapping[str, Any]) -> str:
    made = render(_sandbox(folder, html=False), "body.txt.j2", values)
    return "\n".join(line.rstrip(" ") for line in made.strip("\n").split("\n")) + "\n"


def _html(folder: Path, values: Mapping[str, Any]) -> str:
    return fold(_inliner().inline(render(_sandbox(folder, html=True), "body.html.j2", values)))


def _inliner() -> css_inline.CSSInliner:
    """Moves styles into the elements; loads nothing from the network or the disk."""
    return css_inline.CSSInliner(
        keep_at_rules=True, remove_inlined_selectors=True, load_remote_stylesheets=False
    )


def _fault(where: str, fault: TemplateFault) -> Finding:
    line = f", line {fault.line}" if fault.line else ""
    return Finding(
        "block",
        where,
        "template",
        f"templates/newsletter/{fault.file}{line}: {fault.reason}. "
        "Correct the template; the proof is then made anew.",
    )


def _wording_findings(where: str, words: Words, wording: Wording) -> list[Finding]:
    if words.language.split("-")[0] == wording.language.split("-")[0]:
        return []
    return [
        Finding(
            "warn",
            where,
            "fixed words",
            f"templates/newsletter/words.toml has no words in {wording.language}: the footer "
            f"of the mail is in {words.language}. Add a table [{wording.language}].",
        )
    ]


def _part_findings(where: str, part: str, made: str) -> list[Finding]:
    if part == "subject":
        return _subject_findings(where, made)
    findings = []
    if SLOT not in made:
        message = (
            f"The {part} part has no unsubscribe link. "
            "Put {{ unsubscribe }} back into its template."
        )
        findings.append(Finding("block", where, "no way out", message))
    if part == "html" and (found := _FROM_ELSEWHERE.search(made)):
        message = (
            f"The HTML part contains “{found[0]}”, which runs or loads something when it is "
            "read. Take it out of its template."
        )
        findings.append(Finding("block", where, "not inert", message))
    return findings


def _subject_findings(where: str, subject: str) -> list[Finding]:
    if not subject:
        return [Finding("block", where, "empty subject", "The mail has no subject.")]
    if columns(subject) > SUBJECT_COLUMNS:
        message = (
            f"The subject is {len(subject)} characters long; "
            "most mail programs will cut it off. Consider a shorter title."
        )
        return [Finding("warn", where, "long subject", message)]
    return []
