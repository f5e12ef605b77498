"""Hostile text in every field stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from jinja2 import DictLoader

from distributor import actions
from distributor.approvals.models import Proof
from distributor.context import Context
from distributor.people.models import Person
from distributor.web.pages import environment
from tests.web.conftest import SignIn, Submit, current_digest

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7 * 191 }}{% raw %}",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>here</a>",
]

_ADDRESSES = {"href", "src", "action", "formaction", "srcdoc", "data"}


class _Dangers(HTMLParser):
    """Collects what a browser would run or follow that is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.found.append(tag)
        for name, value in attributes:
            runs = name in _ADDRESSES and (value or "").strip().lower().startswith("javascript")
            if name.startswith("on") or runs or name == "srcdoc":
                self.found.append(f"{tag} {name}={value}")


def dangers(page: str) -> list[str]:
    """What in this page a browser would run."""
    parser = _Dangers()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page.html.j2", "page"])
def test_escaping_does_not_depend_on_the_name_of_a_template(name: str) -> None:
    made = environment(loader=DictLoader({name: "{{ text }}"}), autoescape=False)
    assert made.get_template(name).render(text="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_of_a_statement_stays_text_on_every_page(
    hostile: str, submit: Submit, ben: Person, sign_in: SignIn
) -> None:
    text = f"Title {hostile}\n\n1 May 2026\n\nParagraph {hostile}\n\n• Item {hostile}\n• Two\n"
    one, client = submit(text), sign_in(ben)
    for path in ("/", *(f"/statements/{one.pk}{end}" for end in ("", "/edit", "/history"))):
        page = client.get(path).text
        assert dangers(page) == []
        assert "1337" not in re.sub(r"[0-9a-f]{64}", "", page)  # digests may hold it


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_notes_findings_and_errors_stay_text(
    hostile: str, submit: Submit, sign_in: SignIn, context: Context
) -> None:
    one = submit()
    mallory = Person.objects.create_user(f"M {hostile}", role="approver")
    finding = {"severity": "warn", "where": hostile, "kind": hostile, "message": hostile}
    Proof.objects.update(findings=[finding])
    actions.ask_for_changes(context, one.pk, person=mallory, note=hostile)
    actions.halt(context, by=hostile, why=hostile)
    client = sign_in(mallory)
    for path in ("/", f"/statements/{one.pk}", f"/statements/{one.pk}/history"):
        assert dangers(client.get(path).text) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_answers_of_a_network_stay_text(
    hostile: str, submit: Submit, ben: Person, sign_in: SignIn, context: Context
) -> None:
    one = submit()
    actions.approve(context, one.pk, person=ben, digest=current_digest(one))
    one.deliveries.update(state="refused", reason=hostile)
    delivery = one.deliveries.first()
    assert delivery
    delivery.posts.update(url=f"javascript:alert(1)//{hostile}", state="sent")
    assert dangers(sign_in(ben).get(f"/statements/{one.pk}").text) == []
    assert dangers(sign_in(ben).get(f"/statements/{one.pk}/progress").text) == []
