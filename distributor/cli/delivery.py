"""`distributor deliver`, `status`, `halt`, `resume`: what is on its way."""

from __future__ import annotations

import signal
import time
from typing import Any

import click

from .output import WAITS_FOR_A_PERSON, Output, pass_output
from .ready import person_named, ready


@click.command()
@click.option("--until-idle", is_flag=True, help="Also wait for what is to be tried again.")
@click.option("--timeout", type=float, metavar="S", help="Stop after so many seconds.")
@pass_output
def deliver(output: Output, until_idle: bool, timeout: float | None) -> int:
    """Work in the foreground until nothing is due."""
    with ready() as context:
        from .. import assemble, logs, workers
        from ..delivery.status import status, waits_for_a_person

        logs.set_up()
        assemble.require_ready()
        deadline = time.monotonic() + timeout if timeout else None
        with assemble.working(context):
            crew = workers.Workers(context, (*workers.OUTGOING, *workers.INTERNAL))
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: crew.stop())
            crew.run(lambda: not until_idle or workers.is_idle(context, deadline))
        report = status(context.configuration.directory)
        output.result(report, _in_words(report))
        return WAITS_FOR_A_PERSON if waits_for_a_person(report) else 0


@click.command()
@click.argument("statement", metavar="[ID]", required=False)
@pass_output
def status(output: Output, statement: str | None) -> None:
    """Tell what is where: all statements, or statement ID."""
    with ready() as context:
        from ..delivery.status import status as read_status
        from ..statements import store

        wanted = store.get(statement).id if statement else None
        report = read_status(context.configuration.directory, wanted)
        output.result(report, _in_words(report))


_MAILS = {
    "statement": "mail",
    "correction": "correction",
    "withdrawal": "notice of the withdrawal",
}


def _in_words(report: dict[str, Any]) -> str:
    lines = ["HALTED: nothing leaves."] if report["halted"] else []
    for statement in report["statements"]:
        lines.append(f"{statement['statement']}  {_state_in_words(statement)}")
        for one in statement["deliveries"]:
            reason = f" ({one['reason']})" if one["reason"] else ""
            purpose = ", correction" if one["purpose"] == "correction" else ""
            lines.append(f"  {one['channel']}{purpose}: {one['state']}{reason}")
            lines += [f"    {post['position']}. {_in_a_line(post)}" for post in one["posts"]]
        lines += [f"  {_mail_in_a_line(one)}" for one in statement["campaigns"]]
    return "\n".join(lines) or "There is no statement yet. Hand one in with `distributor submit`."


def _state_in_words(statement: dict[str, Any]) -> str:
    if statement["is_withdrawn"] and statement["state"] == "delivering":
        return "being withdrawn"
    return str(statement["state"]).replace("_", " ")


def _mail_in_a_line(campaign: dict[str, Any]) -> str:
    skipped = f", {campaign['skipped']} skipped" if campaign["skipped"] else ""
    return (
        f"{_MAILS[campaign['purpose']]} to {campaign['list']}: {campaign['state']}, "
        f"{campaign['sent']} of {campaign['recipients']} sent, {campaign['refused']} refused, "
        f"{campaign['unsure']} unsure, {campaign['suppressed']} left out{skipped}"
    )


def _in_a_line(post: dict[str, Any]) -> str:
    act = "" if post["act"] == "publish" else f"{post['act']}: "
    return f"{act}{post['state']} {post['url'] or ''}".rstrip()


@click.command()
@click.option("--why", default="", help="For the team: why everything was stopped.")
@pass_output
def halt(output: Output, why: str) -> None:
    """Stop every outgoing byte until a person resumes."""
    with ready() as context:
        from .. import actions

        actions.halt(context, by="command line", why=why)
        output.result({"halted": True}, "Halted: nothing leaves until somebody resumes.")


@click.command()
@click.option("--as", "name", required=True, help="The approver or admin who says so.")
@pass_output
def resume(output: Output, name: str) -> None:
    """Let deliveries go on."""
    with ready() as context:
        from .. import actions

        actions.resume(context, by=person_named(name))
        output.result({"halted": False}, "Deliveries go on.")


COMMANDS = (deliver, status, halt, resume)
