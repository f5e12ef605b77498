"""Making and storing proofs: the step from wordings to frozen bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import Configuration, MastodonChannel
from ..context import Context
from ..delivery.approved import Held, frozen_content
from ..delivery.standing import published as standing_of
from ..newsletter import subscriptions
from ..rendering.edition import (
    ChannelTarget,
    Edit,
    Edition,
    Finding,
    MediaLimits,
    OwnPicture,
)
from ..rendering.pictures import Picture
from ..statements import store
from ..statements.models import Editorial, Statement
from ..statements.values import canonical_json
from ..targets import Limits, card_style, channel_target, label_of, list_target
from .models import Approval, Proof, StoredMedia

if TYPE_CHECKING:  # the machinery of rendering is slow to import, and few verbs need it
    from ..rendering.proofs import RenderedProof

_REMEMBERED = 50  # threads of a channel that a new one is compared with
_RENDERED_FROM = ("posts", "newsletter")  # folders of templates that shape what goes out


def edition_of(
    statement: Statement, context: Context, limits: Mapping[str, Limits | None]
) -> Edition:
    """Everything a proof of this statement is made from.

    `limits` holds, per instance, what it allows, or None when it cannot be asked.
    """
    configuration = context.configuration
    revisions = store.latest(statement)
    return Edition(
        statement=statement.id,
        url=statement.url or configuration.organisation.site,
        not_before=statement.not_before,
        wordings={language: revision.value for language, revision in revisions.items()},
        revisions={language: revision.digest for language, revision in revisions.items()},
        original=statement.language,
        organisation=configuration.organisation.name,
        site=configuration.organisation.site,
        channels=_channels(statement, configuration, limits),
        lists=tuple(
            list_target(name, configuration)
            for name in configuration.lists
            if statement.lists is None or name in statement.lists
        ),
        hashtags=tuple(statement.hashtags),
        today=_today(context),
        notes=(*_notes(configuration, limits), *_link_note(statement, configuration)),
        card=card_style(configuration),
        picture=own_picture(statement),
        link_picture=configuration.organisation.link_picture,
        published=standing_of(statement),
        edits=tuple(
            Edit(one.channel, one.says, one.replaced, one.text, one.person.name)
            for one in store.edits(statement)
        ),
    )


def _channels(
    statement: Statement, configuration: Configuration, limits: Mapping[str, Limits | None]
) -> tuple[ChannelTarget, ...]:
    modes = dict(statement.shapes.values_list("channel", "mode"))
    return tuple(
        channel_target(
            name, table, configuration, _limits_for(table, limits), modes.get(name, table.mode)
        )
        for name, table in configuration.channels.items()
        if statement.channels is None or name in statement.channels
    )


def own_picture(statement: Statement) -> OwnPicture | None:
    """The picture that a person gave the statement, with its bytes."""
    kept = store.picture(statement)
    if kept is None:
        return None
    stored = StoredMedia.objects.get(pk=kept.sha256)
    picture = Picture(bytes(stored.content), stored.mime, kept.width, kept.height)
    return OwnPicture(picture, dict(sorted(kept.alts.items())))


def keep_pictures(pictures: Iterable[Picture]) -> None:
    """Store the bytes of pictures; each once, whatever names it."""
    rows = [
        StoredMedia(sha256=picture.sha256, mime=picture.mime, content=picture.content)
        for picture in pictures
    ]
    StoredMedia.objects.bulk_create(rows, ignore_conflicts=True)


def _limits_for(table: object, limits: Mapping[str, Limits | None]) -> Limits:
    known = limits.get(table.instance) if isinstance(table, MastodonChannel) else None
    return known or Limits()


def _notes(
    configuration: Configuration, limits: Mapping[str, Limits | None]
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "warn",
            label_of(name, "mastodon", configuration),
            "limits unknown",
            f"{table.instance} could not be asked for its limits; "
            "500 characters and 23 per link are assumed.",
        )
        for name, table in configuration.channels.items()
        if isinstance(table, MastodonChannel) and limits.get(table.instance) is None
    )


def _link_note(statement: Statement, configuration: Configuration) -> tuple[Finding, ...]:
    site = configuration.organisation.site
    if statement.url or not site:
        return ()
    message = f"The statement has no web address of its own, so the posts link to {site}."
    return (Finding("warn", "statement", "missing link", message),)


def _today(context: Context) -> dt.date:
    zone = zoneinfo.ZoneInfo(context.configuration.organisation.timezone)
    return context.now().astimezone(zone).date()


def basis_of(edition: Edition, templates: Path) -> str:
    """What a proof was rendered from, as one SHA-256: unequal means render again.

    The limits of the networks are left out: an approved proof that fits does not
    become another one because an instance allows more today.
    """
    stable = replace(
        edition,
        today=dt.date.min,
        notes=(),
        wordings={},  # their digests stand in `revisions`
        channels=tuple(
            replace(channel, limit=0, per_url=0, media=MediaLimits())
            for channel in edition.channels
        ),
    )
    facts = {field.name: repr(getattr(stable, field.name)) for field in fields(stable)}
    total = hashlib.sha256(canonical_json(facts))
    files = [*(edition.card.fonts if edition.card else ()), edition.link_picture]
    for file in filter(None, files):
        total.update(_stamp(Path(file)))
    for path in _templates(templates):
        total.update(f"\0{path.relative_to(templates)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def files_of(context: Context) -> bytes:
    """What changes when one of the files that proofs are rendered from is written."""
    card = card_style(context.configuration)
    others = [*(card.fonts if card else ()), context.configuration.organisation.link_picture]
    named = [Path(file) for file in filter(None, others)]
    stamps = map(_stamp, (*named, *_templates(context.templates)))
    return hashlib.sha256(b"".join(stamps)).digest()


def _templates(folder: Path) -> Iterator[Path]:
    for room in _RENDERED_FROM:
        yield from (path for path in sorted((folder / room).rglob("*")) if path.is_file())


def _stamp(path: Path) -> bytes:
    """What changes when a file is replaced; fonts are too large to be read for that."""
    try:
        found = path.stat()
    except OSError:
        return f"\0{path}\0missing".encode()
    return f"\0{path}\0{found.st_size}\0{found.st_mtime_ns}".encode()


def current(statement: Statement) -> Proof | None:
    """The proof that counts now, if one was made."""
    return statement.proofs.filter(current=True).first()


def keep(statement: Statement, made: RenderedProof, basis: str, context: Context) -> Proof:
    """Store a rendering as the current proof.

    Bytes that differ make a new proof and void every approval of the old one;
    equal bytes leave proof and approvals standing and refresh what is shown.
    """
    old, now = current(statement), context.now()
    findings = (*made.findings, *_repeats(statement, made.content, context.configuration))
    shown = {
        "layout": made.layout,
        "findings": [asdict(finding) for finding in findings],
        "basis": basis,
    }
    if old and old.digest == made.digest:
        Proof.objects.filter(pk=old.pk).update(**shown)
        old.refresh_from_db()
        return old
    if old:
        Proof.objects.filter(pk=old.pk).update(current=False)
        void_approvals(statement, "the proof changed", now)
    keep_pictures(made.media.values())
    return Proof.objects.create(
        statement=statement,
        round=statement.round,
        digest=made.digest,
        content=made.content,
        made_at=now,
        **shown,
    )


def _repeats(
    statement: Statement, content: bytes, configuration: Configuration
) -> Iterator[Finding]:
    """Findings on posts that a channel has published before, word for word."""
    for thread in json.loads(content)["threads"]:
        label = label_of(thread["channel"], thread["kind"], configuration)
        on_x = thread["kind"] == "x"
        then = "X refuses a second one" if on_x else "Readers take a second one for a mistake"
        earlier = _published_texts(statement, thread)
        for position, post in enumerate(thread["posts"], start=1):
            if post["text"] in earlier:
                yield Finding(
                    "block" if on_x else "warn",
                    f"{label}, post {position}",
                    "published before",
                    f"An earlier statement ({earlier[post['text']]}) has a post with the same "
                    f"words. {then}.",
                )


def _published_texts(statement: Statement, new: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a channel's latest threads, each with the statement it belongs to.

    A thread that is changed in its place may repeat itself.
    """
    channel, texts = new["channel"], dict[str, str]()
    proofs = Proof.objects.filter(deliveries__channel=channel)
    proofs = proofs.exclude(statement__state=Editorial.WITHDRAWN)
    if "replies_to" not in new:
        proofs = proofs.exclude(statement=statement)
    for proof in proofs.order_by("-made_at")[:_REMEMBERED]:
        stored = frozen_content(proof)
        if isinstance(stored, Held):  # somebody changed it: nobody knows what was published
            continue
        for thread in stored["threads"]:
            if thread["channel"] == channel:
                texts |= {post["text"]: proof.statement_id for post in thread["posts"]}
    return texts


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof in the shape of `proof --json`."""
    from ..rendering.proofs import proof_to_json

    findings = tuple(Finding(**finding) for finding in proof.findings)
    value = proof_to_json(bytes(proof.content), proof.layout, findings)
    for mail in value["mail"]:
        mail["readers"] = readers(proof, mail["list"])
    return value


def readers(proof: Proof, list_name: str) -> int:
    """How many a mail of the proof would go to now: all who get the list, or who got the first."""
    if proof.round == 1:
        return subscriptions.confirmed_count(list_name)
    return subscriptions.readers_of(proof.statement_id, list_name).count()


def standing(statement: Statement) -> list[Approval]:
    """The approvals of the current proof that nobody and nothing has voided."""
    found = Approval.objects.filter(proof__statement=statement, proof__current=True, voided_at=None)
    return list(found.select_related("person", "proof").order_by("at"))


def begin_round(statement: Statement) -> None:
    """What was approved so far stays as it is; what comes now is proofed and approved anew."""
    statement.proofs.filter(current=True).update(current=False)
    statement.round += 1
    statement.save(update_fields=["round"])


def void_approvals(statement: Statement, why: str, now: dt.datetime) -> int:
    """Take back every approval of this round; how many there were.

    Those of earlier rounds stand: what they agreed to is public.
    """
    found = Approval.objects.filter(
        proof__statement=statement, proof__round=statement.round, voided_at=None
    )
    return found.update(voided_at=now, voided_why=why)
