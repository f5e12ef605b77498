"""`distributor submit`, `proof`, `approve`, `revise`: a statement up to its approval."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..errors import BadInput
from .output import Output, pass_output
from .ready import moment, person_named, ready

_LARGEST = 5 * 1024 * 1024  # bytes; intake's own limit is lower and says so


def _read(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(_LARGEST + 1)
        with Path(file).open("rb") as opened:
            return opened.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from None


@click.command()
@click.argument("file")
@click.option("--as", "name", help="Who wrote it.")
@click.option("--language", help="The language of the text, like en or zh-Hant.")
@click.option("--translation-of", metavar="ID", help="The statement this text translates.")
@click.option("--url", help="Where the statement stands on the web.")
@click.option("--not-before", metavar="ISO", help="The earliest moment anything may leave.")
@pass_output
def submit(
    output: Output,
    file: str,
    name: str | None,
    language: str | None,
    translation_of: str | None,
    url: str | None,
    not_before: str | None,
) -> None:
    """Take in a statement from FILE (or - for standard input)."""
    raw = _read(file)
    with ready() as context:
        from .. import actions
        from ..statements.store import Origin

        submission = actions.submit(
            context,
            raw,
            author=person_named(name) if name else None,
            origin=Origin("command line"),
            language=language,
            translation_of=translation_of,
            url=url,
            not_before=moment(not_before, context.configuration.organisation.timezone),
        )
        if not submission.is_new:
            output.message("This wording is here already; nothing was stored.")
        output.result(*_shown(submission.revision))


@click.command()
@click.argument("statement", metavar="ID")
@click.argument("file")
@click.option("--as", "name", required=True, help="Who edits; becomes an author.")
@click.option("--language", help="Which language's text is replaced (default: the original).")
@pass_output
def revise(output: Output, statement: str, file: str, name: str, language: str | None) -> None:
    """Replace the text of statement ID by FILE; every approval becomes void."""
    raw = _read(file)
    with ready() as context:
        from .. import actions

        revision = actions.revise(
            context, statement, raw, author=person_named(name), language=language
        )
        output.result(*_shown(revision))


def _shown(revision: Any) -> tuple[dict[str, Any], str]:
    """A revision as JSON and in words."""
    value = {
        "statement": revision.statement_id,
        "revision": revision.number,
        "digest": revision.digest,
        **revision.wording,
        "repairs": revision.repairs,
        "warnings": revision.warnings,
    }
    lines = [
        f"Statement {revision.statement_id}, revision {revision.number} ({revision.language}): "
        f"{revision.wording['title']}",
        *(
            f"  line {one['line']}: {one['kind']}: {one['before']!r} → {one['after']!r}"
            for one in revision.repairs
        ),
        *(f"  note: {warning}" for warning in revision.warnings),
        f"Next: distributor proof {revision.statement_id}",
    ]
    return value, "\n".join(lines)


@click.command()
@click.argument("statement", metavar="ID")
@pass_output
def proof(output: Output, statement: str) -> None:
    """Show exactly what would go out for statement ID."""
    with ready() as context:
        from .. import actions
        from ..approvals import proofing

        made = actions.make_proof(context, statement)
        value = proofing.as_json(made)
        output.result(value, _in_words(value))


def _in_words(value: dict[str, Any]) -> str:
    lines = []
    for channel in value["channels"]:
        for number, post in enumerate(channel["posts"], start=1):
            counted = f"{post['length']}/{post['limit']}"
            lines += [f"── {channel['channel']} {number} ({counted})", post["text"], ""]
    for mail in value["mail"]:
        lines += [f"── mail to {mail['list']}: {mail['subject']}", mail["text"], ""]
    lines += [f"{one['severity']}: {one['where']}: {one['message']}" for one in value["findings"]]
    lines += ["", f"digest {value['digest']}"]
    return "\n".join(lines)


@click.command()
@click.argument("statement", metavar="ID")
@click.option("--as", "name", required=True, help="Who approves; never an author of it.")
@click.option("--digest", required=True, help="The digest of the proof that was looked at.")
@pass_output
def approve(output: Output, statement: str, name: str, digest: str) -> None:
    """Approve exactly the bytes of the proof of statement ID."""
    with ready() as context:
        from .. import actions

        approved = actions.approve(context, statement, person=person_named(name), digest=digest)
        words = {
            "approved": f"Statement {approved.id} is approved and goes out.",
            "waiting_approval": f"Statement {approved.id} needs another person's approval.",
        }[approved.state]
        output.result({"statement": approved.id, "state": approved.state, "digest": digest}, words)


COMMANDS = (submit, proof, approve, revise)
