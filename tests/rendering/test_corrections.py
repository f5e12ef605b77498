"""What goes out when a statement is corrected that readers have."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from distributor.rendering.edition import (
    ChannelTarget,
    Edition,
    ListTarget,
    Published,
    StandingPost,
    StandingThread,
)
from distributor.rendering.proofs import proof_to_json, render_proof
from distributor.statements.values import ItemList, Wording
from tests.rendering.editions import LINK, TEMPLATES, channel, edition, wording

OLD = wording("Police arrested five activists. We protest.", "We will go on.")
NEW = wording("Police arrested six activists. We protest.", "We will go on.")
LONG = [f"This is sentence number {n} of a long statement about many arrests." for n in range(40)]
LIST = ListTarget(
    "press", "Press", None, "press.example.org", "p@example.org", None, "https://e.org/u/UNSUBSCRIBE-TOKEN"
)  # fmt: skip


def _corrected(old: Wording, new: Wording, *channels: ChannelTarget, **changes: Any) -> Any:
    """The proof of a correction of a statement that was published as it was approved."""
    first = edition(old, channels=channels, lists=(LIST,))
    return _shown(replace(first, wordings={new.language: new}, **changes), _published(first))


def _published(first: Edition) -> Published:
    content = json.loads(render_proof(first, TEMPLATES).content)
    (old,) = first.wordings.values()
    threads = {}
    for thread in content["threads"]:
        posts = [
            StandingPost(f"{thread['channel']}-{n}", f"https://n.example/{n}", post)
            for n, post in enumerate(thread["posts"], 1)
        ]
        threads[thread["channel"]] = StandingThread(old, thread["target"], tuple(posts))
    return Published(threads, {"press": old})


def _shown(second: Edition, published: Published) -> Any:
    proof = render_proof(replace(second, published=published), TEMPLATES)
    return proof_to_json(proof.content, proof.layout, proof.findings)


def _kinds(proof: Any) -> list[tuple[str, str]]:
    return [(each["where"], each["kind"]) for each in proof["findings"]]


MASTODON = channel("mastodon", editable=True)
SHORT = channel("mastodon", editable=True, limit=120)


@pytest.mark.parametrize(
    ("language", "old", "new", "text"),
    [
        ("en", "We saw two. We protest.", "We saw ten. We protest.",
         "Correction\n\nNr. 7\n\nWe saw ten.\n\nThe corrected text: {link}"),
        ("de", "Wir sahen zwei. Wir protestieren.", "Wir sahen zehn. Wir protestieren.",
         "Berichtigung\n\nNr. 7\n\nWir sahen zehn.\n\nDer berichtigte Text: {link}"),
        ("fr", "Nous protestons. Ana en compte deux.", "Nous protestons. Ana en compte dix.",
         "Rectificatif\n\nNr. 7\n\nAna en compte dix.\n\nLe texte corrigé : {link}"),
        ("es", "Vimos a dos. Protestamos.", "Vimos a diez. Protestamos.",
         "Corrección\n\nNr. 7\n\nVimos a diez.\n\nEl texto corregido: {link}"),
        ("cs", "Viděli jsme dva. Protestujeme.", "Viděli jsme deset. Protestujeme.",
         "Oprava\n\nNr. 7\n\nViděli jsme deset.\n\nOpravené znění: {link}"),
        ("uk", "Ми бачили двох. Ми протестуємо.", "Ми бачили десятьох. Ми протестуємо.",
         "Виправлення\n\nNr. 7\n\nМи бачили десятьох.\n\nВиправлений текст: {link}"),
        ("ja", "二人を見た。抗議する。", "十人を見た。抗議する。",
         "訂正\n\nNr. 7\n\n十人を見た。\n\n訂正後の全文： {link}"),
        ("zh-Hant", "我們看見兩人。我們抗議。", "我們看見十人。我們抗議。",
         "更正\n\nNr. 7\n\n我們看見十人。\n\n更正後的全文： {link}"),
        ("zh-TW", "我們看見兩人。我們抗議。", "我們看見十人。我們抗議。",
         "更正\n\nNr. 7\n\n我們看見十人。\n\n更正後的全文： {link}"),
        ("zh-Hans", "我们看见两人。我们抗议。", "我们看见十人。我们抗议。",
         "更正\n\nNr. 7\n\n我们看见十人。\n\n更正后的全文： {link}"),
        ("ar", "رأينا اثنين. نحتج.", "رأينا عشرة. نحتج.",
         "تصويب\n\nNr. 7\n\nرأينا عشرة.\n\nالنص المصوَّب: {link}"),
        ("ug", "بىز ئىككىنى كۆردۇق. قارشىمىز.", "بىز ئوننى كۆردۇق. قارشىمىز.",
         "تۈزىتىش\n\nNr. 7\n\nبىز ئوننى كۆردۇق.\n\nتۈزىتىلگەن تېكىست: {link}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["x", "bluesky"])
def test_a_reply_tells_what_is_new_in_the_language_of_the_thread(
    kind: str, language: str, old: str, new: str, text: str
) -> None:
    before, after = (wording(each, title="Nr. 7", language=language) for each in (old, new))
    (thread,) = _corrected(before, after, channel(kind))["channels"]
    assert [post["text"] for post in thread["posts"]] == [text.format(link=LINK)]
    assert thread["replies_to"] == {"id": f"{kind}-1", "url": "https://n.example/1"}


def test_each_piece_of_a_reply_is_traced() -> None:
    (thread,) = _corrected(OLD, NEW, channel("x"))["channels"]
    (post,) = thread["posts"]
    said = [s for s in post["trace"] if s["origin"] == "statement"]
    assert [post["text"][s["start"] : s["end"]] for s in said] == [
        "On the arrest",
        "Police arrested six activists.",
    ]
    assert said[1]["source"] == {"block": 0, "item": None, "start": 0, "end": 30}
    assert "".join(post["text"][s["start"] : s["end"]] for s in post["trace"]) == post["text"]


def test_what_was_only_removed_is_said_in_a_sentence() -> None:
    shorter = replace(OLD, blocks=OLD.blocks[:1])
    (thread,) = _corrected(OLD, shorter, channel("bluesky"))["channels"]
    assert thread["posts"][0]["text"] == (
        "Correction\n\nOn the arrest\n\nPassages have been removed from the statement.\n\n"
        f"The corrected text: {LINK}"
    )


def test_a_language_without_words_is_announced_in_english_with_a_warning() -> None:
    before, after = (wording(f"Vimos {n}.", language="pt") for n in ("dois", "dez"))
    proof = _corrected(before, after, channel("x"))
    assert proof["channels"][0]["posts"][0]["text"].startswith("Correction\n\n")
    assert ("X", "fixed words") in _kinds(proof)


def test_a_long_correction_is_a_short_thread_with_one_link_and_says_what_it_leaves_out() -> None:
    old = wording(*LONG)
    new = wording(*(text.replace("many", "several") for text in LONG))
    proof = _corrected(old, new, channel("x"))
    (thread,) = proof["channels"]
    posts = thread["posts"]
    assert 1 < len(posts) <= 4
    assert [len(post["links"]) for post in posts] == [1] + [0] * (len(posts) - 1)
    assert all(post["length"] <= post["limit"] for post in posts)
    assert posts[-1]["text"].endswith(f"\n\n{len(posts)}/{len(posts)}")
    assert ("X", "left out") in _kinds(proof)


def test_a_long_statement_that_is_new_throughout_is_corrected_in_little_time() -> None:
    words = " ".join(f"word{n}" for n in range(14))
    old, new = (wording(*(f"Text {n} {tag} {words}." for n in range(600))) for tag in "ab")
    first = edition(old, channels=(channel("x"),))
    published = _published(first)
    began = time.process_time()
    (thread,) = _shown(replace(first, wordings={"en": new}), published)["channels"]
    assert time.process_time() - began < 3  # without a bound on what is tried: minutes
    assert len(thread["posts"]) <= 4


def test_a_summary_is_corrected_in_one_post() -> None:
    new = wording(*(text.replace("many", "several") for text in LONG))
    (thread,) = _corrected(wording(*LONG), new, channel("x", most=1))["channels"]
    assert len(thread["posts"]) == 1


def test_nothing_is_posted_where_no_sentence_that_is_told_has_changed() -> None:
    joined = wording("Police arrested five activists. We protest. We will go on.")
    proof = _corrected(OLD, joined, channel("x"))
    assert proof["channels"][0]["posts"] == []
    assert ("X", "no change") in _kinds(proof)


def test_a_word_of_a_person_that_is_a_placeholder_still_blocks() -> None:
    proof = _corrected(OLD, wording("Police arrested TODO activists.", "We will go on."), MASTODON)
    assert "block" in {each["severity"] for each in proof["findings"]}


def test_where_posts_can_be_changed_each_says_what_becomes_of_it() -> None:
    old = wording("First we say this here.", "Then we say that, twice.", *LONG[:1])
    new = wording("First we say this here.", "Then we say that, thrice.", *LONG[:1])
    (thread,) = _corrected(old, new, channel("mastodon", editable=True, limit=110))["channels"]
    acts = [post["act"] for post in thread["posts"]]
    assert set(acts) == {"keep", "edit"}
    assert all((post["was"] == post["text"]) is (post["act"] == "keep") for post in thread["posts"])
    assert [post["replaces"]["id"] for post in thread["posts"]] == [
        f"mastodon-{n}" for n in range(1, len(acts) + 1)
    ]


def test_a_longer_wording_adds_posts_after_the_last() -> None:
    old = wording(*LONG[:2])
    (thread,) = _corrected(old, wording(*LONG[:6]), SHORT)["channels"]
    acts = [post["act"] for post in thread["posts"]]
    assert acts[-1] == "publish"
    assert acts == sorted(acts, key=("edit", "keep", "publish").index)  # added ones come last
    assert thread["removes"] == []


def test_a_shorter_wording_removes_posts_at_the_end_and_counts_the_others_anew() -> None:
    old = wording(*LONG[:6])
    (thread,) = _corrected(old, wording(*LONG[:2]), SHORT)["channels"]
    total = len(thread["posts"])
    assert all(post["text"].endswith(f"{n}/{total}") for n, post in enumerate(thread["posts"], 1))
    assert thread["removes"][0]["id"] == f"mastodon-{total + 1}"
    assert all(each["text"] for each in thread["removes"])


def test_a_channel_on_which_nothing_stands_gets_nothing() -> None:
    first = edition(OLD, channels=(channel("x"), MASTODON))
    published = Published({"x": _published(first).threads["x"]}, {})
    proof = _shown(replace(first, wordings={"en": NEW}), published)
    assert [thread["channel"] for thread in proof["channels"]] == ["x"]


def test_a_channel_whose_language_did_not_change_gets_nothing() -> None:
    german = wording("Wir protestieren.", language="de")
    first = edition(OLD, channels=(channel("x"),))
    second = replace(
        edition(NEW, german, channels=(channel("x"), channel("bluesky", language="de"))),
        wordings={"en": NEW, "de": german},
    )
    there = _published(edition(german, channels=(channel("bluesky"),))).threads
    proof = _shown(second, Published({**_published(first).threads, **there}, {}))
    assert [thread["channel"] for thread in proof["channels"]] == ["x"]


def test_a_thread_of_another_account_is_left_alone_and_a_finding_says_so() -> None:
    first = edition(OLD, channels=(channel("x"),))
    moved = replace(first, channels=(channel("x", target={"account": "other"}),))
    proof = _shown(replace(moved, wordings={"en": NEW}), _published(first))
    assert proof["channels"] == []
    assert ("X", "out of reach") in _kinds(proof)


def test_the_mail_says_that_it_corrects_and_what_is_new() -> None:
    (mail,) = _corrected(OLD, NEW)["mail"]
    assert mail["subject"] == "Correction: On the arrest"
    assert mail["text"].startswith(
        "This message corrects the statement “On the arrest”, which we sent you\nearlier.\n\n"
        "What has changed:\n• Police arrested six activists.\n\nOn the arrest\n============="
    )
    for said in ("This message corrects the statement “On the arrest”", "arrested six activists"):
        assert said in " ".join(mail["html"].split())


@pytest.mark.parametrize(
    ("language", "subject"),
    [("de", "Berichtigung: Nr. 7"), ("fr", "Rectificatif : Nr. 7"), ("zh-Hant", "更正：Nr. 7"),
     ("ja", "訂正：Nr. 7"), ("ar", "تصويب: Nr. 7"), ("uk", "Виправлення: Nr. 7")],
)  # fmt: skip
def test_the_subject_says_so_in_its_language(language: str, subject: str) -> None:
    before, after = (wording(n, title="Nr. 7", language=language) for n in ("5.", "6."))
    assert _corrected(before, after)["mail"][0]["subject"] == subject


def test_a_template_that_does_not_announce_the_correction_blocks(tmp_path: Any) -> None:
    import shutil

    shutil.copytree(TEMPLATES, tmp_path / "templates")
    body = tmp_path / "templates/newsletter/body.txt.j2"
    body.write_text(body.read_text().replace("correction.says", "title"))
    first = edition(OLD, channels=(), lists=(LIST,))
    second = replace(first, wordings={"en": NEW}, published=Published({}, {"press": OLD}))
    found = render_proof(second, tmp_path / "templates").findings
    assert [(each.severity, each.kind) for each in found if each.severity == "block"] == [
        ("block", "correction not announced")
    ]


def test_a_first_proof_says_nothing_of_corrections() -> None:
    first = render_proof(edition(OLD, lists=(LIST,)), TEMPLATES)
    assert b"orrection" not in first.content
    assert proof_to_json(first.content, first.layout, ())["purpose"] == "statement"


def test_items_of_a_list_keep_their_numbers() -> None:
    before, after = (ItemList(("go home", f"pay {n}"), ordered=True) for n in ("100", "900"))
    old, new = (wording("We ask two things of you:", items) for items in (before, after))
    (thread,) = _corrected(old, new, channel("x"))["channels"]
    assert "We ask two things of you:\n2. pay 900" in thread["posts"][0]["text"]
