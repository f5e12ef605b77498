"""Proofs: the same bytes for the same edition, in the shapes that others read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.rendering.edition import Edition, ListTarget
from distributor.rendering.proofs import proof_to_json, render_proof
from distributor.statements.values import ItemList
from tests.rendering.editions import LINK, TEMPLATES, channel, edition, wording

STATEMENT = wording("We welcome the vote.", "We call on states to:", ItemList(("act;", "pay.")))
GERMAN = wording("Wir begrüßen die Abstimmung.", title="Zur Abstimmung", language="de")
PRESS = ListTarget(
    "press", "Press", "de", "press.example.org", "news@example.org", None,
    "https://example.org/u/UNSUBSCRIBE-TOKEN",
)  # fmt: skip


def _content(asked: Edition, templates: Path = TEMPLATES) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(render_proof(asked, templates).content)
    return content


def _copy(tmp_path: Path, template: str) -> Path:
    """The templates, with another one for X."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    (folder / "posts" / "x.txt.j2").write_text(template, encoding="utf-8")
    return folder


def test_the_digest_is_that_of_the_content() -> None:
    proof = render_proof(edition(STATEMENT), TEMPLATES)
    assert proof.digest == hashlib.sha256(proof.content).hexdigest()


def test_the_same_edition_gives_the_same_bytes_on_another_day() -> None:
    today, later = (edition(STATEMENT, today=dt.date(2026, month, 1)) for month in (5, 9))
    assert render_proof(today, TEMPLATES).content == render_proof(later, TEMPLATES).content


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"url": LINK + "x"}, id="link"),
        pytest.param({"not_before": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}, id="embargo"),
        pytest.param({"hashtags": ("Free",)}, id="hashtag"),
        pytest.param({"channels": (channel("x"),)}, id="fewer channels"),
        pytest.param({"channels": (channel("x", target={"account": "other"}),)}, id="account"),
        pytest.param({"channels": (channel("mastodon", visibility="unlisted"),)}, id="visibility"),
        pytest.param({"revisions": {"en": "0" * 64}}, id="revision"),
        pytest.param({"lists": (dataclasses.replace(PRESS, language="en"),)}, id="list"),
    ],
)
def test_whatever_goes_out_changes_the_digest(changes: dict[str, Any]) -> None:
    before = render_proof(edition(STATEMENT), TEMPLATES)
    assert render_proof(edition(STATEMENT, **changes), TEMPLATES).digest != before.digest


@settings(deadline=None, max_examples=30, derandomize=True)
@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_the_digest_changes_exactly_when_the_content_does(one: str, two: str) -> None:
    proofs = [render_proof(edition(wording(text)), TEMPLATES) for text in (one, two)]
    same = proofs[0].content == proofs[1].content
    assert same == (proofs[0].digest == proofs[1].digest) == (one == two)


def test_an_embargo_is_the_same_moment_in_any_zone() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    here = dt.datetime(2026, 6, 1, 8, tzinfo=zone)
    shown = _content(edition(STATEMENT, not_before=here))["not_before"]
    assert shown == "2026-06-01T00:00:00+00:00"


def test_each_channel_gets_its_language_or_a_finding() -> None:
    channels = (channel("x"), channel("bluesky", language="de"), channel("mastodon", language="fr"))
    proof = render_proof(edition(STATEMENT, GERMAN, channels=channels), TEMPLATES)
    threads = json.loads(proof.content)["threads"]
    assert [(t["channel"], t["language"]) for t in threads] == [("x", "en"), ("bluesky", "de")]
    missing = [f.where for f in proof.findings if f.kind == "missing translation"]
    assert missing == ["Mastodon"]


def test_a_list_gets_its_mail() -> None:
    (mail,) = _content(edition(STATEMENT, GERMAN, lists=(PRESS,)))["mails"]
    assert (mail["list"], mail["language"], mail["subject"]) == ("press", "de", "Zur Abstimmung")


def test_posts_have_what_their_network_needs() -> None:
    threads = _content(edition(STATEMENT))["threads"]
    x, bluesky, mastodon = (thread["posts"][0] for thread in threads)
    assert set(x) == {"text", "language", "links", "media"}
    assert bluesky["card"]["url"] == LINK
    assert [facet["value"] for facet in bluesky["facets"]] == [LINK]
    assert mastodon["visibility"] == "public"


def test_only_the_first_post_has_a_card() -> None:
    long = wording(*["We welcome the vote of the parliament. " * 5] * 3)
    posts = _content(edition(long, channels=(channel("bluesky"),)))["threads"][0]["posts"]
    assert [post["card"] is not None for post in posts] == [True] + [False] * (len(posts) - 1)


def test_the_json_of_a_proof_joins_content_and_layout() -> None:
    proof = render_proof(
        edition(STATEMENT, lists=(dataclasses.replace(PRESS, language=None),)), TEMPLATES
    )
    shown = proof_to_json(proof.content, proof.layout, proof.findings)
    assert shown["digest"] == proof.digest
    named = {"statement", "purpose", "digest", "not_before", "channels", "mail", "findings"}
    assert set(shown) == named
    post = shown["channels"][0]["posts"][0]
    assert set(post) >= {"text", "length", "limit", "links", "media", "trace"}
    assert [mail["list"] for mail in shown["mail"]] == ["press"]


def test_the_team_may_change_words_and_order(tmp_path: Path) -> None:
    folder = _copy(
        tmp_path,
        "{% from 'parts.j2' import body %}{% if first %}{{ link }}\n{% endif %}"
        "NEW: {{ body(parts, language) }}",
    )
    text = _content(edition(STATEMENT, channels=(channel("x"),)), folder)["threads"][0]["posts"][0]
    assert text["text"].startswith(f"{LINK}\nNEW: On the arrest\n\nWe welcome the vote.")


def test_a_language_may_have_its_own_template(tmp_path: Path) -> None:
    folder = _copy(tmp_path, "{% for part in parts %}{{ part.text }}{% endfor %}")
    own = folder / "posts" / "x.de.txt.j2"
    own.write_text("DE {% for part in parts %}{{ part.text }}{% endfor %}", encoding="utf-8")
    asked = edition(GERMAN, channels=(channel("x"),))
    assert _content(asked, folder)["threads"][0]["posts"][0]["text"].startswith("DE Zur")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        pytest.param("one\n{{ nobody }}", "x.txt.j2, line 2: 'nobody' is undefined", id="name"),
        pytest.param("{% if %}", "x.txt.j2, line 1", id="syntax"),
        pytest.param(
            "{% for part in parts %}{{ part.text | upper }}{% endfor %}", "unchanged", id="upper"
        ),
        pytest.param("{{ parts[0].text }}", "show every part", id="parts left out"),
        pytest.param("{{ parts[0].text[:9] }}", "show every part", id="cut off"),
    ],
)
def test_a_template_error_is_a_finding(tmp_path: Path, template: str, message: str) -> None:
    proof = render_proof(edition(STATEMENT), _copy(tmp_path, template))
    (finding,) = [f for f in proof.findings if f.severity == "block"]
    assert message in finding.message
    threads = json.loads(proof.content)["threads"]
    assert [len(thread["posts"]) for thread in threads] == [0, 1, 1]
