"""`python -m tests.simulator SEED [COUNT] --of withdrawals`: schedules in which all is withdrawn.

At some moment, before, while or after it goes out, Ben withdraws each statement. At the
end nothing of it may stand, except what a person is told of, and whoever had its mail
has been told once.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

from distributor import actions
from distributor.delivery.models import State
from distributor.newsletter.models import CampaignState, Handover, Purpose
from distributor.people.models import Person
from distributor.statements.models import Editorial

from .networks import Network
from .schedules import Draft, Schedule

WAITS = (State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD)
TOLD = (Handover.SENT, Handover.UNSURE, Handover.REFUSED, Handover.SUPPRESSED, Handover.WAITING)


class Withdrawn(Schedule):
    """One way a withdrawal may go."""

    def _plan(self) -> None:
        super()._plan()
        draw = self.world.random
        ben = Person.objects.get(name="Ben")
        for draft in self.drafts:
            verb = partial(actions.withdraw, self.context, draft.id, person=ben, why="It is wrong.")
            for _ in range(draw.choice((1, 1, 2))):  # again: it tries again what was stuck
                self._at(draw.choice((3, 30, 300, 900)) * draw.random(), "withdraw", verb)

    def _check(self) -> None:
        # What was on its way at the moment of the withdrawal is judged by what becomes of it.
        self.world.problems = [
            one for one in self.world.problems if not one.startswith("unapproved: ")
        ]
        for key, due, error in self.store.read(
            "SELECT key, due, error FROM delivery_job WHERE due IS NOT NULL"
        ):
            self.world.problem(f"unsettled: {key} is due {due}: {error}")
        states = dict(self.store.read("SELECT id, state FROM statements_statement"))
        for draft in self.drafts:
            if states[draft.id] != Editorial.WITHDRAWN:  # the request to withdraw died
                self.world.count("not withdrawn after all")
                continue
            for network in self._used():
                self._nothing_stands(draft, network)
            self._all_are_told(draft)

    def _nothing_stands(self, draft: Draft, network: Network) -> None:
        own = {post.id for post in network.posts if not post.is_foreign}
        found = self.store.read(
            "SELECT id, state FROM delivery_delivery WHERE statement_id = ? AND channel = ?",
            draft.id,
            network.name,
        )
        for key, state in found:
            self.world.count(f"thread {state}")
            posts = self.store.read(
                "SELECT state, remote_id FROM delivery_post WHERE delivery_id = ?", key
            )
            where = f"{draft.id} on {network.name} is {state}: {posts}"
            if state not in (State.WITHDRAWN, *WAITS):
                self.world.problem(f"unsettled: {where}")
            if state == State.WITHDRAWN and {each for each, _ in posts} != {State.WITHDRAWN}:
                self.world.problem(f"lost: {where}")
            known = {remote_id for each, remote_id in posts if each == State.WITHDRAWN}
            if known & own:
                self.world.problem(f"stands: {where}")
        is_over = all(state == State.WITHDRAWN for _, state in found)
        if is_over and own and len(self.drafts) == 1:  # also what the ledger never heard of
            self.world.problem(f"stands: {sorted(own)} of {draft.id} on {network.name}")

    def _all_are_told(self, draft: Draft) -> None:
        taken = Counter(self.box.taken)
        may_have_it: set[int] = set()
        told: dict[int, str] = {}
        for key, reader, state, purpose, campaign in self.store.read(
            "SELECT r.id, r.subscription_id, r.state, c.purpose, c.state "
            "FROM newsletter_recipient r JOIN newsletter_campaign c ON c.id = r.campaign_id "
            "WHERE c.statement_id = ?",
            draft.id,
        ):
            self.world.count(f"{purpose} mail {state}")
            times = taken[str(key)]
            if times > 1 or (times and state not in (Handover.SENT, Handover.UNSURE)):
                self.world.problem(f"double: message {key} is {state}, taken {times} times")
            if purpose == Purpose.WITHDRAWAL:
                told[reader] = state
                if campaign not in (CampaignState.FINISHED, CampaignState.PAUSED):
                    self.world.problem(f"unsettled: a notice is {campaign}")
                if state == Handover.WAITING and campaign != CampaignState.PAUSED:
                    self.world.problem(f"lost: a notice to {reader} waits for ever")
            elif times:
                may_have_it.add(reader)
        left = {
            reader
            for (reader,) in self.store.read(
                "SELECT id FROM newsletter_subscription WHERE state = 'unsubscribed'"
            )
        }
        for reader in may_have_it - left:
            if told.get(reader) not in TOLD:
                self.world.problem(f"untold: reader {reader} had the mail, {told.get(reader)}")
