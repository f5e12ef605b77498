"""`distributor withdraw`, `settle`: what a person decides after something left."""

from __future__ import annotations

import click

from .output import Output, pass_output
from .ready import person_named, ready


@click.command()
@click.argument("statement", metavar="ID")
@click.option("--as", "name", required=True, help="The approver or admin who says so.")
@click.option("--why", required=True, help="For the team and the record; never published.")
@pass_output
def withdraw(output: Output, statement: str, name: str, why: str) -> None:
    """Take statement ID down everywhere, and tell the readers of its mail.

    What has not left never will. Say it again to try again what could not be removed.
    """
    with ready() as context:
        from .. import actions
        from ..delivery.status import status

        done = actions.withdraw(context, statement, person=person_named(name), why=why)
        report = status(context.configuration.directory, done.statement.id)
        halted = " Everything is halted: it begins when somebody resumes."
        words = done.sentence + (halted if report["halted"] else "")
        output.result(report["statements"][0], words)


@click.command()
@click.argument("statement", metavar="ID")
@click.argument("where", metavar="CHANNEL|LIST")
@click.argument("position", type=int, metavar="[POSITION]", required=False)
@click.option("--sent", metavar="ID-OR-URL", help="The post is there: its id or address.")
@click.option("--resend", is_flag=True, help="It is not there: send it (again).")
@click.option("--gone", is_flag=True, help="It is not there (any more), and stays so.")
@click.option("--skip", is_flag=True, help="Mail only: leave unsure mails as they are.")
@click.option("--as", "name", required=True, help="The approver or admin who says so.")
@pass_output
def settle(
    output: Output,
    statement: str,
    where: str,
    position: int | None,
    sent: str | None,
    resend: bool,
    gone: bool,
    skip: bool,
    name: str,
) -> None:
    """Decide about post POSITION of CHANNEL, or about the unsure mails to LIST.

    Look first: is the post on the account, or not?
    """
    about_mail, about_post = (resend, skip), (resend, gone, sent is not None)
    said, other = (about_mail, (gone, sent)) if position is None else (about_post, (skip,))
    if sum(said) != 1 or any(other):
        choices = "--skip or --resend" if position is None else "--sent, --resend or --gone"
        raise click.UsageError(f"Say one of {choices}. A post needs its position.")
    with ready() as context:
        from .. import actions
        from ..delivery.status import status

        person = person_named(name)
        if position is None:
            settled = actions.settle_mail(
                context, statement, person=person, list=where, resend=resend
            )
            words = "The mails are sent again." if resend else "The mails stay as they are."
        elif sent is not None:
            settled = actions.settle_as_sent(
                context, statement, person=person, channel=where, position=position, where=sent
            )
            words = f"Post {position} on {where} is noted as sent."
        elif gone:
            settled = actions.settle_as_gone(
                context, statement, person=person, channel=where, position=position
            )
            words = f"Post {position} on {where} is noted as gone."
        else:
            settled = actions.settle_by_sending(
                context, statement, person=person, channel=where, position=position
            )
            words = f"Post {position} on {where} goes out now."
        report = status(context.configuration.directory, settled.id)
        output.result(report["statements"][0], words)


COMMANDS = (withdraw, settle)
