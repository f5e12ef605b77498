"""Everything the page of one statement shows, gathered in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from distributor.approvals import policy, proofing
from distributor.approvals.models import Approval, Proof
from distributor.context import Context
from distributor.delivery import dispatch
from distributor.people.models import Person
from distributor.statements import store
from distributor.statements.models import Editorial, OwnPicture, Revision, Statement

from .drawing import DrawnMail, DrawnThread, content_of, draw_mails, draw_threads
from .tracing import Piece, ShownBlock, show_blocks, show_title, spans_by_place


@dataclass(frozen=True, slots=True)
class Source:
    """The newest wording in one language, with what the posts say of it."""

    revision: Revision
    title: tuple[Piece, ...]
    blocks: list[ShownBlock]


class Dossier:
    """What a person sees of a statement. Reads; never writes."""

    def __init__(self, statement: Statement, person: Person, context: Context) -> None:
        self.statement = statement
        self.person = person
        self.context = context

    @cached_property
    def revisions(self) -> dict[str, Revision]:
        """The newest revision in each language."""
        return store.latest(self.statement)

    @cached_property
    def title(self) -> str:
        """The title of the original."""
        return title_of(self.statement, self.revisions)

    @cached_property
    def proof(self) -> Proof | None:
        """The stored proof, up to date or not."""
        return proofing.current(self.statement)

    @cached_property
    def stale(self) -> bool:
        """Whether the text, the templates or the configuration moved on since the proof."""
        if self.proof is None or self.is_decided:
            return False
        edition = proofing.edition_of(self.statement, self.context, {})
        return self.proof.basis != proofing.basis_of(edition, self.context.templates)

    @property
    def is_decided(self) -> bool:
        """Whether the approvals are complete: what goes out is fixed."""
        return self.statement.state in {Editorial.APPROVED, Editorial.WITHDRAWN}

    @property
    def is_out(self) -> bool:
        """Whether readers may have it, so that a change is a correction."""
        return self.statement.state == Editorial.APPROVED and dispatch.has_begun(self.statement)

    @cached_property
    def threads(self) -> list[DrawnThread]:
        """The posts of the stored proof."""
        return draw_threads(self.proof) if self.proof else []

    @cached_property
    def mails(self) -> list[DrawnMail]:
        """The e-mails of the stored proof."""
        return draw_mails(self.proof) if self.proof else []

    @cached_property
    def sources(self) -> list[Source]:
        """The wordings, marked where the proof's posts say them."""
        return [self._source(revision) for revision in self.revisions.values()]

    def _source(self, revision: Revision) -> Source:
        wording, spans = revision.value, spans_by_place(self._posts_from(revision))
        return Source(revision, show_title(wording, spans), show_blocks(wording, spans))

    def _posts_from(self, revision: Revision) -> list[tuple[str, Sequence[dict[str, Any]]]]:
        """The posts made from exactly this revision: other traces would point astray."""
        frozen = content_of(self.proof)["revisions"] if self.proof else {}
        if frozen.get(revision.language) != revision.digest:
            return []
        return [
            (post.key, [dict(segment) for segment in post.trace])
            for thread in self.threads
            if thread.language == revision.language
            for post in thread.posts
        ]

    @cached_property
    def picture(self) -> OwnPicture | None:
        """The picture that a person gave the statement."""
        return store.picture(self.statement)

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """What a person should know, the blocking ones first."""
        found = list(self.proof.findings) if self.proof else []
        return sorted(found, key=lambda finding: finding["severity"] != "block")

    @cached_property
    def blocked(self) -> bool:
        """Whether a finding forbids the approval."""
        return bool(policy.blocking(self.findings))

    @cached_property
    def approvals(self) -> list[Approval]:
        """The approvals that stand."""
        return proofing.standing(self.statement)

    @property
    def approvals_needed(self) -> int:
        """How many persons must approve, besides the author."""
        return self.context.configuration.approval.approvals

    @cached_property
    def refusal(self) -> str | None:
        """Why the person who looks may not approve; None when they may."""
        return policy.refusal_to_approve(
            candidate(self.person),
            authors=store.authors(self.statement),
            approved_by=[approval.person_id for approval in self.approvals],
        )


def candidate(person: Person) -> policy.Candidate:
    """A person as the rules of approval see them."""
    return policy.Candidate(person.pk, person.name, person.role, person.is_active)


def title_of(statement: Statement, revisions: dict[str, Revision]) -> str:
    """The title of the original; the id while there is no text."""
    revision = revisions.get(statement.language) or next(iter(revisions.values()), None)
    return str(revision.wording["title"]) if revision else statement.id
