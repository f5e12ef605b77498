"""What views share: who asks, of which statement, and how a refusal is answered."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest

from distributor.errors import BadInput, BadState, DistributorError, NotAllowed
from distributor.people.models import Person
from distributor.statements.models import Statement

_STATUSES: dict[type[DistributorError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.FORBIDDEN,
    BadState: HTTPStatus.CONFLICT,
}


def signed_in(request: HttpRequest) -> Person:
    """The person who asks; only for views behind `login_required`."""
    assert isinstance(request.user, Person)
    return request.user


def wanted(statement_id: str) -> Statement:
    """The statement of that id. Raises Http404, which the team's own page answers."""
    try:
        return Statement.objects.get(pk=statement_id)
    except Statement.DoesNotExist:
        raise Http404("There is no such statement.") from None


def status_of(refusal: DistributorError | None) -> int:
    """The HTTP status that tells a program what the sentence tells a person."""
    if refusal is None:
        return HTTPStatus.OK
    return _STATUSES.get(type(refusal), HTTPStatus.BAD_REQUEST)
