"""Who works here, and who leaves a list."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ..audit.chain import record
from ..context import Context
from ..errors import BadInput
from ..newsletter import subscriptions
from ..people.models import Person


def add_person(context: Context, name: str, *, role: str, email: str, password: str) -> Person:
    """Open an account. Raises BadInput when the name is taken or the password is weak."""
    name = " ".join(name.split())
    if not name or len(name) > 80 or not name.isprintable():
        raise BadInput("A person's name has 1 to 80 printable characters.")
    if Person.objects.filter(name__iexact=name).exists():
        raise BadInput(f"There is a person {name} already. Choose another name.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput(f"The password cannot be used. {' '.join(error.messages)}") from None
    with transaction.atomic():
        person = Person.objects.create_user(name, password, role=role, email=email)
        record("command line", "add person", name, {"role": role}, context.now())
    return person


def unsubscribe(context: Context, token: str, how: str) -> str | None:
    """Leave a list: its name, or None for a token nobody has."""
    return subscriptions.unsubscribe(context, token, how, context.now())
