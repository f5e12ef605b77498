"""`python -m tests.simulator SEED [COUNT] --of corrections`: schedules in which all is corrected.

When a statement is out, Ana hands in a text that corrects it, and Ben approves that. At the end
each network must show what the ledger says, and those who had the mail, and nobody else, must
have been told, once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from distributor import actions
from distributor.delivery.models import Act, State
from distributor.newsletter.models import CampaignState, Handover, Purpose
from distributor.people.models import Person

from .networks import Network
from .schedules import Draft, Schedule, raw

WAITS = (State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD)
IN_DOUBT = (State.RUNNING, State.UNSURE)
MAY_HAVE_IT = (Handover.SENT, Handover.UNSURE, Handover.SKIPPED)
HOURS = (60, 400, 900, 1500)  # when a correction is tried; it is refused while all is moving

_POSTS = """
    SELECT d.id, p.position, p.act, p.state, p.attempts, p.remote_id, f.content
    FROM delivery_post p JOIN delivery_delivery d ON d.id = p.delivery_id
    JOIN approvals_proof f ON f.id = d.proof_id
    WHERE d.statement_id = ? AND d.channel = ? ORDER BY d.id, p.position
"""


@dataclass
class Expected:
    """What a network may show, by the ledger."""

    texts: dict[str, set[str | None]] = field(default_factory=lambda: defaultdict(set))  # by id
    parents: dict[str, str | None] = field(default_factory=dict)
    perhaps: Counter[str] = field(default_factory=Counter)  # in doubt, under an unknown id


class Corrected(Schedule):
    """One way a correction may go."""

    def _plan(self) -> None:
        super()._plan()
        draw = self.world.random
        ana = Person.objects.get(name="Ana")
        for draft in self.drafts:
            for hour in HOURS:
                if draw.random() < 0.6:
                    time = hour * draw.uniform(0.3, 1.1)
                    self._correct_at(time, draft, ana)
                    self._approve_at(time + 20, draft)

    def _correct_at(self, time: float, draft: Draft, ana: Person) -> None:
        number = self.world.random.randint(1, 999)
        paragraphs = [f"{number} of {draft.id} is right.", f"We were wrong about {number}."]
        if self.world.chance(0.5):
            paragraphs.insert(0, draft.opening)
        paragraphs += [f"And {number} is all."] * self.world.random.choice((0, 1))
        text = raw("Corrected", tuple(paragraphs[: self.world.random.choice((1, 2, 4))]))
        self._at(
            time,
            f"correct {draft.id}",
            lambda: actions.correct(self.context, draft.id, text, author=ana),
        )

    # What somebody changes in the database, or approves of another wording, is tried elsewhere.
    def _tamper(self, time: float, draft: Draft) -> None:
        pass

    def _check(self) -> None:
        for key, due, error in self.store.read(
            "SELECT key, due, error FROM delivery_job WHERE due IS NOT NULL"
        ):
            self.world.problem(f"unsettled: {key} is due {due}: {error}")
        for network in self._used():
            self._compare(network)
        for draft in self.drafts:
            self._all_are_told(draft)

    def _compare(self, network: Network) -> None:
        expected = Expected()
        for draft in self.drafts:
            self._expect(draft, network, expected)
        shown = {post.id: post for post in network.posts if not post.is_foreign}
        for id, post in shown.items():
            if id not in expected.texts:
                expected.perhaps[post.text] -= 1
                if expected.perhaps[post.text] < 0:
                    self.world.problem(f"double: {post.text!r} stands on {network.name} as {id}")
            elif post.text not in expected.texts[id]:
                self.world.problem(f"wrong text: {id} on {network.name} says {post.text!r}")
            elif post.parent != expected.parents.get(id, post.parent):
                self.world.problem(f"wrong parent: {id} on {network.name} follows {post.parent}")
        for id, texts in expected.texts.items():
            if id not in shown and None not in texts:
                self.world.problem(f"lost: {id} on {network.name}")

    def _expect(self, draft: Draft, network: Network, expected: Expected) -> None:
        head: str | None = None
        for delivery, state in self.store.read(
            "SELECT id, state FROM delivery_delivery WHERE statement_id = ? AND channel = ?",
            draft.id,
            network.name,
        ):
            self.world.count(f"thread {'corrected' if head else 'first'}: {state}")
            if state not in (State.SENT, *WAITS):
                self.world.problem(f"unsettled: {draft.id} on {network.name} is {state}")
            before = head
            for key, position, act, was, attempts, id, content in self.store.read(
                _POSTS, draft.id, network.name
            ):
                if key != delivery:
                    continue
                threads = json.loads(content)["threads"]
                [thread] = [one for one in threads if one["channel"] == network.name]
                texts = [post["text"] for post in thread["posts"]]
                text = texts[position - 1] if position <= len(texts) else None
                if state == State.SENT and was not in (State.SENT, State.WITHDRAWN):
                    self.world.problem(f"lost: a post of {draft.id} on {network.name} is {was}")
                if act == Act.PUBLISH and was != State.SENT:
                    expected.perhaps[text or ""] += was in IN_DOUBT
                    continue
                if act == Act.PUBLISH:
                    expected.parents[id] = before
                if was in (State.SENT, State.WITHDRAWN):
                    expected.texts[id] = {text}
                    self.world.count(f"{act} done")
                elif attempts:
                    expected.texts[id].add(text)
                before = id
                if head is None:
                    head = id
            if network.editable:
                head = None

    def _all_are_told(self, draft: Draft) -> None:
        taken = Counter(self.box.taken)
        may_have_it: set[int] = set()
        for campaign, purpose, state in self.store.read(
            "SELECT id, purpose, state FROM newsletter_campaign WHERE statement_id = ? ORDER BY id",
            draft.id,
        ):
            if state not in (CampaignState.FINISHED, CampaignState.PAUSED):
                self.world.problem(f"unsettled: the {purpose} mail of {draft.id} is {state}")
            readers: set[int] = set()
            for key, reader, was in self.store.read(
                "SELECT id, subscription_id, state FROM newsletter_recipient WHERE campaign_id = ?",
                campaign,
            ):
                self.world.count(f"{purpose} mail {was}")
                times = taken[str(key)]
                if times > 1 or (times and was not in (Handover.SENT, Handover.UNSURE)):
                    self.world.problem(f"double: message {key} is {was}, taken {times} times")
                if was == Handover.SENT and not times:
                    self.world.problem(f"lost: message {key} is recorded as sent")
                if was == Handover.RUNNING or (
                    was == Handover.WAITING and state != CampaignState.PAUSED
                ):
                    self.world.problem(f"lost: message {key} is {was} for ever")
                readers.add(reader)
            if purpose == Purpose.CORRECTION:
                self._exactly_those(readers, may_have_it)
            may_have_it |= self._who_may_have(campaign)

    def _who_may_have(self, campaign: int) -> set[int]:
        return {
            reader
            for reader, state in self.store.read(
                "SELECT subscription_id, state FROM newsletter_recipient WHERE campaign_id = ?",
                campaign,
            )
            if state in MAY_HAVE_IT
        }

    def _exactly_those(self, readers: set[int], may_have_it: set[int]) -> None:
        left = {
            reader
            for (reader,) in self.store.read(
                "SELECT id FROM newsletter_subscription WHERE state = 'unsubscribed'"
            )
        }
        for reader in readers - may_have_it:
            self.world.problem(f"unasked: reader {reader} never had the mail that is corrected")
        for reader in may_have_it - readers - left:
            self.world.problem(f"untold: reader {reader} had the mail, and no correction of it")
