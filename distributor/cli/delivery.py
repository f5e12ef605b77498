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


def _in_words(report: dict[str, Any]) -> str:
    lines = ["HALTED: nothing leaves."] if report["halted"] else []
    for statement in report["statements"]:
        lines.append(f"{statement['statement']}  {statement['state'].replace('_', ' ')}")
        for one in statement["deliveries"]:
            reason = f" ({one['reason']})" if one["reason"] else ""
            lines.append(f"  {one['channel']}: {one['state']}{reason}")
            lines += [
                f"    {post['position']}. {post['state']} {post['url'] or ''}".rstrip()
                for post in one["posts"]
            ]
        lines += [
            f"  mail to {one['list']}: {one['state']}, {one['sent']} of {one['recipients']} sent, "
            f"{one['refused']} refused, {one['unsure']} unsure, {one['suppressed']} left out"
            + (f", {one['skipped']} skipped" if one["skipped"] else "")
            for one in statement["campaigns"]
        ]
    return "\n".join(lines) or "There is no statement yet. Hand one in with `distributor submit`."


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
