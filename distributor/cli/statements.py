"""`distributor submit`, `proof`, `approve`, `revise`: a statement up to its approval."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ..errors import BadInput
from .output import Output, pass_output
from .ready import moment, person_named, ready

_LARGEST = 5 * 1024 * 1024  # bytes; intake's own limit is lower and says so
_LARGEST_PICTURE = 20_000_000  # bytes; `rendering.pictures` has the limit that is told


def _read(file: str, most: int = _LARGEST) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(file).open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from None


@click.command()
@click.argument("file")
@click.option("--as", "name", help="Who wrote it.")
@click.option("--language", help="The language of the text, like en or zh-Hant.")
@click.option("--translation-of", metavar="ID", help="The statement this text translates.")
@click.option("--url", help="Where the statement stands on the web.")
@click.option("--not-before", metavar="ISO", help="The earliest moment anything may leave.")
@click.option("--image", metavar="FILE", help="A picture for the posts: JPEG, PNG or WebP.")
@click.option("--alt", metavar="TEXT", help="What the picture shows, in the text's language.")
@pass_output
def submit(
    output: Output,
    file: str,
    name: str | None,
    language: str | None,
    translation_of: str | None,
    url: str | None,
    not_before: str | None,
    image: str | None,
    alt: str | None,
) -> None:
    """Take in a statement from FILE (or - for standard input)."""
    raw = _read(file)
    picture = _read_picture(image, alt, translation_of)
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
            image=picture,
            alt=alt,
        )
        if not submission.is_new:
            output.message("This wording is here already; nothing was stored.")
        output.result(*_shown(submission.revision))


def _read_picture(image: str | None, alt: str | None, translation_of: str | None) -> bytes | None:
    """The file of a picture. A translation may describe the picture its statement has."""
    if image and not alt:
        raise BadInput("The picture is not described. Say with --alt what it shows.")
    if alt and not image and not translation_of:
        raise BadInput("There is no picture to describe. Name its file with --image.")
    return _read(image, _LARGEST_PICTURE) if image else None


@click.command()
@click.argument("statement", metavar="ID")
@click.argument("file")
@click.option("--as", "name", required=True, help="Who edits; becomes an author.")
@click.option("--language", help="Which language's text is replaced (default: the original).")
@click.option("--url", help="The new web address of the statement.")
@pass_output
def revise(
    output: Output, statement: str, file: str, name: str, language: str | None, url: str | None
) -> None:
    """Replace the text of statement ID by FILE; every approval becomes void."""
    raw = _read(file)
    with ready() as context:
        from .. import actions

        revision = actions.revise(
            context, statement, raw, author=person_named(name), language=language, url=url
        )
        output.result(*_shown(revision))


@click.command()
@click.argument("statement", metavar="ID")
@click.argument("file")
@click.option("--as", "name", required=True, help="Who corrects; becomes an author.")
@click.option("--language", help="Which language's text is replaced (default: the original).")
@pass_output
def correct(output: Output, statement: str, file: str, name: str, language: str | None) -> None:
    """Correct statement ID, which has gone out, by FILE; it is approved like any other text."""
    raw = _read(file)
    with ready() as context:
        from .. import actions

        revision = actions.correct(
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


def _beside(post: dict[str, Any]) -> Iterator[str]:
    """The pictures and the link card of a post, a line each."""
    for medium in post["media"]:
        yield f"[picture, {medium['width']} by {medium['height']} pixels: {medium['alt']}]"
    if card := post.get("card"):
        yield f"[link card{' with a picture' if 'thumb' in card else ''}: {card['title']}]"


def _in_words(value: dict[str, Any]) -> str:
    lines = []
    for channel in value["channels"]:
        for number, post in enumerate(channel["posts"], start=1):
            counted = f"{post['length']}/{post['limit']}"
            does = _does(channel, number, post)
            heading = f"── {channel['channel']} {number} ({counted}){does}"
            lines += [heading, post["text"], *_beside(post), ""]
            if post.get("act") == "edit":
                lines += ["so far:", post["was"], ""]
        for post in channel["removes"]:
            lines += [f"── {channel['channel']}: removes {post['url']}", post["text"], ""]
    for mail in value["mail"]:
        count = f"{mail['readers']} reader{'' if mail['readers'] == 1 else 's'}"
        lines += [f"── mail to {mail['list']} ({count}): {mail['subject']}", mail["text"], ""]
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


def _does(channel: dict[str, Any], number: int, post: dict[str, Any]) -> str:
    """What a post of a correction does to what stands."""
    if post.get("act") == "keep":
        return f", stays as it is: {post['replaces']['url']}"
    if post.get("act") == "edit":
        return f", changes {post['replaces']['url']}"
    head = channel.get("replies_to")
    return f", replies to {head['url']}" if head and number == 1 else ""


COMMANDS = (submit, proof, approve, revise, correct)
