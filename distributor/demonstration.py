"""What `make run` starts: a sandbox world in which a newcomer can send a statement."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from . import actions, assemble, sandbox, serving
from .config import Configuration, packaged
from .context import Context
from .delivery import queue
from .errors import BadConfiguration
from .newsletter.importing import import_csv
from .people.models import Person
from .statements.models import Statement
from .statements.store import Origin

# Known to everybody who reads this, which is why the demo runs on loopback only.
PEOPLE = (
    ("Ana", "author", "sandbox-of-ana"),
    ("Ben", "approver", "sandbox-of-ben"),
    ("Cleo", "author", "sandbox-of-cleo"),
)
_LIST = "statements"


def show(say: Callable[[str], None], port: int | None = None) -> None:
    """Start sandbox, sample people and statements, then the whole system.

    Raises BadConfiguration when the configuration reaches beyond this machine.
    """
    from django.conf import settings

    configuration: Configuration = settings.CONFIGURATION
    _require_loopback(configuration)
    sandbox.provide_secrets(configuration)
    assemble.initialise(configuration)
    context = assemble.context()
    with sandbox.start(configuration) as servers:
        if set(servers.networks) != set(configuration.channels) or servers.mail is None:
            raise BadConfiguration("A demo needs every channel and the mail server on loopback.")
        _add_samples(context)
        web = configuration.web
        serving.serve(
            context,
            web.host,
            web.port if port is None else port,
            lambda address: _welcome(say, configuration, servers, address),
        )


def _require_loopback(configuration: Configuration) -> None:
    host = configuration.web.host
    if host != "localhost" and not _is_loopback(host):
        raise BadConfiguration(
            f"web.host: a demo has well-known passwords and is not served on {host}. "
            'Use "127.0.0.1".'
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _add_samples(context: Context) -> None:
    for name, role, password in PEOPLE:
        if not Person.objects.filter(name=name).exists():
            actions.add_person(context, name, role=role, email="", password=password)
    samples = packaged("config") / "samples"
    if _LIST in context.configuration.lists:
        import_csv(
            context,
            (samples / "subscribers.csv").read_text(encoding="utf-8").splitlines(),
            list_name=_LIST,
            basis="sample persons of the sandbox",
            confirmed=True,
            by="demo",
            progress=lambda rows: None,
        )
    if not Statement.objects.exists():
        author = Person.objects.get(name="Ana")
        for path in sorted(samples.glob("*.txt")):
            raw = path.read_bytes()
            submission = actions.submit(context, raw, author=author, origin=Origin("sample"))
            actions.make_proof(context, submission.statement.id)
            queue.close(actions.RENDER, submission.statement.id)


def _welcome(
    say: Callable[[str], None],
    configuration: Configuration,
    servers: sandbox.Sandbox,
    address: str,
) -> None:
    say("")
    say(f"  The desk:   {address}")
    for name, role, password in PEOPLE:
        say(f"    sign in as {name} ({role}) with the password {password}")
    for line in sandbox.describe(configuration, servers):
        say(f"  {line}")
    for source in configuration.sources.values():
        say(f"  Drop a statement (a text file) into {source.path}/")
    say("  Ctrl-C ends it.")
