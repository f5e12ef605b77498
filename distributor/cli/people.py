"""`distributor person …`: the team's accounts."""

from __future__ import annotations

import os

import click

from ..errors import BadInput
from .output import Output, pass_output
from .ready import ready


@click.group()
def person() -> None:
    """The persons who may sign in."""


@person.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(["author", "approver", "admin"]))
@click.option("--email", default="", help="Where this person reads mail.")
@pass_output
def add(output: Output, name: str, role: str, email: str) -> None:
    """Add a person. The password is asked for, or read from DISTRIBUTOR_PASSWORD."""
    with ready() as context:
        from .. import actions

        added = actions.add_person(context, name, role=role, email=email, password=_password())
        output.result(
            {"name": added.name, "role": added.role, "email": added.email},
            f"{added.name} may sign in now, as {added.role}.",
        )


def _password() -> str:
    given = os.environ.get("DISTRIBUTOR_PASSWORD")
    if given:
        return given
    try:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    except click.Abort:
        raise BadInput(
            "No password was given. Type one when asked, or set DISTRIBUTOR_PASSWORD."
        ) from None


@person.command("list")
@pass_output
def list_(output: Output) -> None:
    """List the persons."""
    with ready():
        from ..people.models import Person

        persons = [
            {"name": one.name, "role": one.role, "email": one.email, "active": one.is_active}
            for one in Person.objects.order_by("name")
        ]
        words = "\n".join(f"{one['name']:<20} {one['role']}" for one in persons)
        output.result({"persons": persons}, words or "There is nobody yet.")


COMMANDS = (person,)
