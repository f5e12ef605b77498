"""`distributor init`, `run`, `worker`, `demo`, `sandbox`, `doctor`, `audit`: the installation."""

from __future__ import annotations

import signal
import threading
from dataclasses import asdict

import click

from .output import Output, pass_output
from .ready import ready


@click.command()
@pass_output
def init(output: Output) -> None:
    """Set up the data directory, the keys and the database; safe to repeat."""
    from .. import assemble, logs

    assemble.set_up()
    logs.set_up()
    from django.conf import settings

    configuration = settings.CONFIGURATION
    assemble.initialise(configuration)
    directory = str(configuration.directory)
    output.result({"directory": directory}, f"Ready: {directory} holds the keys and the data.")


@click.command()
@click.option("--host", help="Where to serve the pages (default: web.host).")
@click.option("--port", type=int, help="On which port (default: web.port).")
@pass_output
def run(output: Output, host: str | None, port: int | None) -> None:
    """Run everything: pages, clock and workers."""
    with ready() as context:
        from .. import assemble, logs, serving

        logs.set_up(verbose=True)
        assemble.require_ready()
        web = context.configuration.web
        serving.serve(
            context,
            host or web.host,
            web.port if port is None else port,
            lambda address: output.message(f"The desk is at {address} (Ctrl-C ends it)."),
        )


@click.command()
@pass_output
def worker(output: Output) -> None:
    """Only deliver, without pages; on PostgreSQL any number may run, on any machine."""
    with ready() as context:
        from .. import assemble, logs, serving

        logs.set_up(verbose=True)
        assemble.require_ready()
        serving.work(context, lambda: output.message("Delivering what is due (Ctrl-C ends it)."))


@click.command()
@click.option("--port", type=int, help="Where to serve the pages (default: web.port).")
@pass_output
def demo(output: Output, port: int | None) -> None:
    """Start the sandbox networks, sample people and statements, then everything."""
    from .. import assemble

    assemble.set_up()
    from .. import demonstration, logs

    logs.set_up()
    demonstration.show(output.message, port)


@click.command()
@pass_output
def sandbox(output: Output) -> None:
    """Start only the sandbox servers, on the ports of the configuration."""
    from .. import config, logs, sandbox

    logs.set_up()
    configuration = config.load(config.find())
    sandbox.provide_secrets(configuration)
    with sandbox.start(configuration) as servers:
        for line in sandbox.describe(configuration, servers):
            output.message(line)
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        ended.wait()


@click.command()
@pass_output
def doctor(output: Output) -> int:
    """Check the configuration, credentials, database and mail host."""
    with ready() as context:
        from ..doctor import examine

        checks = list(examine(context))
        lines = [f"{'ok ' if one.ok else 'BAD'} {one.what}: {one.words}" for one in checks]
        well = all(one.ok for one in checks)
        output.result({"ok": well, "checks": [asdict(one) for one in checks]}, "\n".join(lines))
        return 0 if well else 1


@click.group()
def audit() -> None:
    """The hash-chained record of who did what."""


@audit.command("verify")
@pass_output
def verify(output: Output) -> int:
    """Recompute the chain and tell whether it is whole."""
    with ready():
        from ..audit.chain import verify as verify_

        verdict = verify_()
        whole = verdict.broken_at is None
        words = (
            f"The record is whole: {verdict.entries} entries, head {verdict.head}."
            if whole
            else f"The record is broken: {verdict.why}. Entries before it are whole."
        )
        output.result({"ok": whole, **asdict(verdict)}, words)
        return 0 if whole else 1


COMMANDS = (init, run, worker, demo, sandbox, doctor, audit)
