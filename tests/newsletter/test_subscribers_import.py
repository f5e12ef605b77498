"""Import of subscribers: who joins a list, who stays away, and what a second import does."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from distributor.audit.models import Entry
from distributor.context import Context
from distributor.errors import BadInput
from distributor.newsletter.importing import ImportReport, import_csv
from distributor.newsletter.models import Membership, Subscriber, Subscription
from distributor.newsletter.subscribers import erase, export, suppress
from distributor.newsletter.subscriptions import confirmed_count, token_of, unsubscribe

from .conftest import NOON

pytestmark = pytest.mark.django_db

PEOPLE = "email,name,language\nana@example.org,Ana,en\nben@example.org,Ben,\n"


def bring(
    context: Context,
    text: str = PEOPLE,
    *,
    list_name: str = "readers",
    basis: str = "signed up at the fair",
    confirmed: bool = True,
) -> ImportReport:
    """Import a text as Cleo."""
    return import_csv(
        context,
        text.splitlines(keepends=True),
        list_name=list_name,
        basis=basis,
        confirmed=confirmed,
        by="Cleo",
        progress=lambda read: None,
    )


def test_people_of_a_file_join_the_list_with_the_basis(context: Context) -> None:
    assert bring(context) == ImportReport(read=2, added=2)
    ana = Subscription.objects.get(subscriber__language="en")
    assert (ana.list, ana.state, ana.basis) == (
        "readers",
        Membership.CONFIRMED,
        "signed up at the fair",
    )
    assert (ana.requested_at, ana.confirmed_at) == (NOON, NOON)


def test_without_a_word_on_consent_people_wait_to_be_confirmed(context: Context) -> None:
    bring(context, confirmed=False)
    assert set(Subscription.objects.values_list("state", "confirmed_at")) == {
        (Membership.UNCONFIRMED, None)
    }
    assert confirmed_count("readers") == 0


def test_the_same_file_twice_changes_nothing(context: Context) -> None:
    bring(context)
    later = dataclasses.replace(context, now=lambda: NOON + dt.timedelta(days=1))
    before = list(export(context, None))
    assert bring(later, basis="again", confirmed=False) == ImportReport(read=2, already=2)
    assert list(export(context, None)) == before
    assert Entry.objects.count() == 1


def test_an_import_with_consent_confirms_who_was_waiting(context: Context) -> None:
    bring(context, confirmed=False)
    assert bring(context, basis="double opt-in") == ImportReport(read=2, confirmed=2)
    assert confirmed_count("readers") == 2
    assert set(Subscription.objects.values_list("basis", flat=True)) == {"double opt-in"}


def test_a_person_known_from_another_list_stays_one_person(context: Context) -> None:
    bring(context)
    renamed = "email,name\nANA@Example.org,Somebody\n"
    assert bring(context, renamed, list_name="press").added == 1
    assert Subscriber.objects.count() == 2
    (press,) = export(context, "press")
    assert (press["email"], press["name"]) == ("ana@example.org", "Ana")


def test_a_person_twice_in_a_file_joins_once(context: Context) -> None:
    report = bring(context, PEOPLE + "ANA@EXAMPLE.ORG,,\n")
    assert report == ImportReport(read=3, added=2, repeated=1)


def test_whoever_left_the_list_stays_away(context: Context) -> None:
    bring(context)
    ana = Subscription.objects.get(subscriber__language="en")
    unsubscribe(context, token_of(context, ana), "page", NOON)
    assert bring(context) == ImportReport(read=2, already=1, unsubscribed=1)
    assert confirmed_count("readers") == 1


def test_whoever_left_one_list_may_join_another(context: Context) -> None:
    bring(context)
    ana = Subscription.objects.get(subscriber__language="en")
    unsubscribe(context, token_of(context, ana), "page", NOON)
    assert bring(context, list_name="press").added == 2


def test_a_suppressed_address_stays_away(context: Context) -> None:
    suppress(context, "Ana@Example.org", reason="complaint", by="Cleo")
    assert bring(context) == ImportReport(read=2, added=1, suppressed=1)
    assert Subscriber.objects.count() == 1


def test_an_erased_person_stays_away(context: Context) -> None:
    bring(context)
    erase(context, "ana@example.org", by="Cleo")
    assert bring(context) == ImportReport(read=2, already=1, suppressed=1)


def test_bad_rows_are_reported_and_the_others_stored(context: Context) -> None:
    report = bring(context, PEOPLE + "nobody,,\nanä@example.org,,\n")
    assert (report.read, report.added) == (4, 2)
    assert [line for line, _ in report.invalid] == [4, 5]
    assert "outside ASCII" in report.invalid[1][1]


def test_an_exported_file_keeps_each_state(context: Context) -> None:
    text = (
        "email,state\nana@example.org,confirmed\n"
        "ben@example.org,unconfirmed\ncleo@example.org,unsubscribed\n"
    )
    assert bring(context, text) == ImportReport(read=3, added=2, unsubscribed=1)
    assert [record["state"] for record in export(context, None)] == [
        "confirmed",
        "unconfirmed",
        "unsubscribed",
    ]
    assert bring(context, text) == ImportReport(read=3, already=2, unsubscribed=1)


def test_rows_of_another_list_are_not_mixed_in(context: Context) -> None:
    report = bring(context, "email,list\nana@example.org,press\nben@example.org,readers\n")
    assert report.added == 1
    assert report.invalid == [(2, "The row is of the list “press”. Import it there.")]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"list_name": "raeders"}, "The lists are: readers, press"),
        ({"basis": " "}, "basis is empty"),
        ({"basis": "mail of ana@example.org"}, "contains an e-mail address"),
        ({"text": PEOPLE + 'cleo@example.org,"Cleo'}, "Line 4"),
        ({"text": "ana@example.org\n"}, "email,name,language"),
    ],
    ids=["unknown list", "no basis", "address in the basis", "broken late", "no header"],
)
def test_a_wrong_import_stores_nothing(context: Context, wrong: dict[str, str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        bring(context, **wrong)  # type: ignore[arg-type]
    assert not Subscriber.objects.exists()
    assert not Entry.objects.exists()


def test_without_lists_the_configuration_is_pointed_to(context: Context) -> None:
    context.configuration.lists.clear()
    with pytest.raises(BadInput, match=r"Add a \[lists\.NAME\] table"):
        bring(context)


def test_progress_counts_the_rows_read(context: Context) -> None:
    heard: list[int] = []
    lines = ["email\n", *(f"reader{number}@example.org\n" for number in range(2600))]
    report = import_csv(
        context,
        lines,
        list_name="readers",
        basis="test",
        confirmed=True,
        by="Cleo",
        progress=heard.append,
    )
    assert heard == [2500, 2600]
    assert (report.added, Subscription.objects.count()) == (2600, 2600)


def test_each_batch_enters_the_record_without_an_address(context: Context) -> None:
    bring(context)
    entry = Entry.objects.get()
    assert (entry.actor, entry.act, entry.subject) == (
        "Cleo",
        "subscribers imported",
        "list readers",
    )
    assert entry.detail == {"basis": "signed up at the fair", "added": 2, "confirmed": 0}
