"""Making a proof while others change the statement: the newest wording wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from distributor import actions
from distributor.approvals import proofing
from distributor.context import Context
from distributor.people.models import Person
from distributor.rendering import proofs as rendering
from distributor.statements.models import Statement
from tests.web.conftest import TEXT

CHANGED = TEXT.replace("The rivers of the north", "The rivers of the south")


@pytest.fixture
def while_rendering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let somebody act during the next rendering."""

    def plan(act: Callable[[], object]) -> None:
        acts = [act]
        render = rendering.render_proof

        def interrupted(*given: Any) -> rendering.RenderedProof:
            made = render(*given)
            if acts:
                acts.pop()()
            return made

        monkeypatch.setattr(rendering, "render_proof", interrupted)

    return plan


def test_a_text_revised_meanwhile_is_rendered_instead(
    context: Context,
    statement: Statement,
    ana: Person,
    while_rendering: Callable[[Callable[[], object]], None],
) -> None:
    while_rendering(lambda: actions.revise(context, statement.pk, CHANGED.encode(), author=ana))
    assert b"rivers of the south" in actions.make_proof(context, statement.pk).content


def test_an_approval_given_meanwhile_stands(
    context: Context,
    statement: Statement,
    ana: Person,
    ben: Person,
    while_rendering: Callable[[Callable[[], object]], None],
) -> None:
    def revise_and_approve() -> None:
        actions.revise(context, statement.pk, CHANGED.encode(), author=ana)
        digest = actions.make_proof(context, statement.pk).digest
        actions.approve(context, statement.pk, person=ben, digest=digest)

    while_rendering(revise_and_approve)
    made = actions.make_proof(context, statement.pk)
    assert [approval.digest for approval in proofing.standing(statement)] == [made.digest]
