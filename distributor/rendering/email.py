"""The e-mail of a statement: subject, text part and HTML part, ready to be frozen.

The text part is set from the wording itself, not converted from the HTML. Beside
the mail stands the notice that its readers get if the statement is withdrawn: in
that hour nobody should wait for words, and these were approved with the mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import css_inline

from ..statements.values import Paragraph, Wording
from .changes import compare
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

# Who reads more than these reads the statement itself.
MOST_CHANGES = 8

# What would tell somebody that the mail is read, or that a mail program would not run.
_FROM_ELSEWHERE = re.compile(
    r"<(?:script|img|link|iframe|object|embed|video|audio|form|base)\b"
    r"|<style[^<]*(?:url\(|@import)|<[^>]*[\s:]url\(",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")


def render_mail(
    wording: Wording,
    edition: Edition,
    target: ListTarget,
    templates: Path,
    corrects: Wording | None = None,
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The mail to one list as it is frozen into a proof, and what should be known about it.

    `corrects` is what its readers were sent before, when this puts it right.
    `templates` is the folder that holds `newsletter/`. A part whose template
    fails is empty, and a blocking finding says where the fault is.
    """
    where = f"mail to {target.name}"
    folder = templates / "newsletter"
    try:
        words = read_words(folder / "words.toml", wording.language)
    except TemplateFault as fault:
        return _frozen(wording, target, _EMPTY, _EMPTY), (_fault(where, fault),)
    values = _values(wording, edition, target, words)
    values["correction"] = _correction(corrects, wording, words) if corrects else None
    parts, found = _render_parts(where, folder, _MAIL, values)
    about_notice = f"{where}, notice of a withdrawal"
    values |= {"preheader": words.withdrawal, "correction": None}
    notice, odd = _render_parts(about_notice, folder, _NOTICE, values)
    # Its subject is the title and a word more: too long for one is too long for both.
    odd = [finding for finding in odd if finding.severity == "block"]
    findings = [*_wording_findings(where, words, wording), *found, *odd]
    return _frozen(wording, target, parts, notice), tuple(findings)


_EMPTY = {"subject": "", "text": "", "html": ""}
_MAIL = {"subject": "subject.txt.j2", "text": "body.txt.j2", "html": "body.html.j2"}
_NOTICE = {"subject": "notice-subject.txt.j2", "text": "notice.txt.j2", "html": "notice.html.j2"}


def _render_parts(
    where: str, folder: Path, files: Mapping[str, str], values: Mapping[str, Any]
) -> tuple[dict[str, str], list[Finding]]:
    """The three parts of a message, and what should be known about them."""
    parts, findings = dict(_EMPTY), []
    for part, make in (("subject", _subject), ("text", _text), ("html", _html)):
        try:
            parts[part] = make(folder, files[part], values)
        except TemplateFault as fault:
            findings.append(_fault(where, fault))
        else:
            findings += _part_findings(where, part, parts[part])
            findings += _unannounced(where, part, parts[part], values["correction"])
    return parts, findings


def _frozen(
    wording: Wording, target: ListTarget, parts: Mapping[str, str], notice: Mapping[str, str]
) -> dict[str, Any]:
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
        "notice": notice,
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
            "withdrawn": words.withdrawn(wording.title),
            "withdrawal": words.withdrawal,
        },
    }


def _correction(old: Wording, new: Wording, words: Words) -> dict[str, Any]:
    """What a template may say of the mail that this one corrects."""
    changes = compare(old, new)
    gap = "" if new.language.startswith(("zh", "ja")) else " "
    told = [gap.join(sentence.text for sentence in unit.sentences) for unit in changes.units]
    return {
        "subject": words.table.correction,
        "says": words.corrects(old.title),
        "changed": words.table.changed,
        "changes": told if len(told) <= MOST_CHANGES else [],
        "removed": words.table.removed if changes.removed else None,
    }


def _unannounced(
    where: str, part: str, made: str, correction: Mapping[str, Any] | None
) -> list[Finding]:
    """A part of a correction that does not say that it is one."""
    if part == "subject" or not correction:
        return []
    said = "".join(unescape(_TAG.sub("", made) if part == "html" else made).split())
    if "".join(str(correction["says"]).split()) in said:
        return []
    message = (
        f"The {part} part does not say that it corrects an earlier mail. "
        "Put {{ correction.says }} back into its template."
    )
    return [Finding("block", where, "correction not announced", message)]


def _side(language: str) -> str:
    """Where lines begin in this language."""
    return "right" if direction(language) == "rtl" else "left"


@cache
def _sandbox(folder: Path, *, html: bool) -> Sandbox:
    """The sandbox with the mail's filters; it reads a template again when its file changes."""
    sandbox = environment(folder, html=html)
    sandbox.filters |= {"wrapped": wrapped, "underlined": underlined, "flowing": flowing}
    return sandbox


def _subject(folder: Path, file: str, values: Mapping[str, Any]) -> str:
    made = " ".join(render(_sandbox(folder, html=False), file, values).split())
    correction = values["correction"]
    return correction["subject"].replace("{title}", made) if correction and made else made


def _text(folder: Path, file: str, values: Mapping[str, Any]) -> str:
    made = render(_sandbox(folder, html=False), file, values)
    return "\n".join(line.rstrip(" ") for line in made.strip("\n").split("\n")) + "\n"


def _html(folder: Path, file: str, values: Mapping[str, Any]) -> str:
    return fold(_inliner().inline(render(_sandbox(folder, html=True), file, values)))


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
