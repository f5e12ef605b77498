"""CPU time of a full proof: three channels and one list, in one language.

    python benchmarks/rendering.py [ROUNDS]            (20 unless told)

Goals: a statement as teams write them within 100 ms after warm-up, one of
10,000 words within 2 s, and a cost that grows no faster than the words do, also
when all of them are one sentence. The last column says what doubling the words
did to the time.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time

from distributor.config import packaged
from distributor.rendering.edition import ChannelTarget, Edition, ListTarget
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.statements.values import Block, Heading, ItemList, Paragraph, Wording

TEMPLATES = packaged("templates")
LIMITS = {"x": 280, "bluesky": 300, "mastodon": 500}
WORDS = (2_500, 5_000, 10_000)
GOAL_MS, LONG_GOAL_MS = 100, 2_000

STATEMENT: tuple[Block, ...] = (
    Paragraph(
        "The Parliamentary Forum on Press Freedom (PFPF) has learned with dismay that Maria Chan, "
        "the editor of Harbour Daily, was arrested at her home by national security police, "
        "reportedly for publishing an interview."
    ),
    Paragraph(
        "PFPF repudiates the allegation of “collusion with foreign forces”, condemns the use of a "
        "vaguely worded law against journalists who did nothing but report what officials said in "
        "public, and rejects the claim that the arrest “has nothing to do with the press”."
    ),
    Paragraph(
        "PFPF further deplores the freezing of the newspaper’s assets, worth about HKD 18 million. "
        "This measure will put some 240 employees out of work."
    ),
    Paragraph("We call on our governments to:"),
    ItemList(
        (
            "Demand the immediate and unconditional release of Maria Chan.",
            "Grant visas to journalists who are at risk, including those named in the warrant.",
            "Raise the case at the next session of the Human Rights Council.",
            "Review every extradition treaty that could be used against reporters.",
        )
    ),
    Paragraph(
        "PFPF further calls on the International Federation of Newspapers to send observers to "
        "the trial, which may not begin before September."
    ),
    Paragraph("We stand with the staff of Harbour Daily until their editor is free."),
)


def main(rounds: int) -> None:
    """Measure and print."""
    proof(STATEMENT)  # warm-up: templates compiled, tables of the libraries loaded
    usual = milliseconds(STATEMENT, rounds)
    print(f"{words(STATEMENT):7,} words {usual:8.1f} ms CPU   goal {GOAL_MS:5,} ms")
    for name, make in (("words", report), ("words in one sentence", sentence)):
        before = None
        for count in WORDS:
            blocks = make(count)
            took = milliseconds(blocks, max(1, rounds // 10))
            goal = f"goal {LONG_GOAL_MS:5,} ms" if count == WORDS[-1] else " " * 13
            growth = f"   x {took / before:.2f}" if before else ""
            print(f"{words(blocks):7,} {name} {took:8.1f} ms CPU   {goal}{growth}")
            before = took


def milliseconds(blocks: tuple[Block, ...], rounds: int) -> float:
    """The median of several proofs."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        proof(blocks)
        taken.append(time.process_time() - begun)
    return statistics.median(taken) * 1000


def proof(blocks: tuple[Block, ...]) -> RenderedProof:
    """A proof of these blocks, which must be complete: no template failed."""
    wording = Wording("On the arrest of an editor", dt.date(2026, 5, 14), "en", blocks)
    made = render_proof(edition(wording), TEMPLATES)
    assert not [found for found in made.findings if found.kind == "template"], made.findings
    return made


def edition(wording: Wording) -> Edition:
    """What the wording is published as: on three channels and one list."""
    return Edition(
        statement="s-1",
        url="https://example.org/statements/2026-05-14",
        not_before=None,
        wordings={"en": wording},
        revisions={"en": wording.digest},
        original="en",
        organisation="The Forum",
        site="https://example.org",
        channels=tuple(channel(kind) for kind in LIMITS),
        lists=(
            ListTarget(
                "press",
                "Press releases",
                None,
                "press.example.org",
                "The Forum <news@example.org>",
                None,
                "https://example.org/u/UNSUBSCRIBE-TOKEN",
            ),
        ),
        hashtags=(),
        today=dt.date(2026, 5, 14),
    )


def channel(kind: str) -> ChannelTarget:
    """A channel of this kind with the network's usual limits."""
    return ChannelTarget(
        name=kind,
        label=kind.title(),
        kind=kind,
        language=None,
        limit=LIMITS[kind],
        per_url=23,
        hashtags=("PressFreedom",),
        mentions=(),
        most=12,
        visibility=None,
        target={"account": "forum"},
    )


def report(count: int) -> tuple[Block, ...]:
    """The statement under one heading after another, to about as many words; none repeats."""
    blocks: list[Block] = []
    while words(blocks) < count:
        part = len(blocks)
        blocks.append(Heading(f"Part {part}"))
        blocks += [numbered(block, part) for block in STATEMENT]
    return tuple(blocks)


def sentence(count: int) -> tuple[Block, ...]:
    """A sentence of so many words that has no clauses."""
    return (Paragraph(" ".join(f"word{number}" for number in range(count)) + "."),)


def numbered(block: Block, part: int) -> Block:
    """The block with the number of its part before its last full stop or colon."""
    match block:
        case ItemList(items):
            return ItemList(tuple(f"{item[:-1]} ({part}){item[-1]}" for item in items))
        case _:
            return Paragraph(f"{block.text[:-1]} ({part}){block.text[-1]}")


def words(blocks: tuple[Block, ...] | list[Block]) -> int:
    """How many words these blocks hold."""
    return sum(
        len(text.split())
        for block in blocks
        for text in (block.items if isinstance(block, ItemList) else (block.text,))
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
