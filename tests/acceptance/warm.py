"""Processes of the program that find its libraries imported already.

Importing them takes a command a second or two of work, and the tests run thousands of commands.
So one process imports them, and each command is forked from it. From there on all is the program's
own: it imports its modules, reads its arguments and configuration, has its own number and exit
code, and kill -9 ends it and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait
from pathlib import Path

from django.conf import settings
from django.db import connections

_LIBRARIES = (
    "allauth.utils",
    "apscheduler.schedulers.background",
    "argon2",
    "atproto",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.serialization",
    "css_inline",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.core.management",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.shortcuts",
    "django.template.backends.django",
    "django.utils.translation.reloader",
    "dns.resolver",
    "email_validator",
    "httpcore",
    "httpx",
    "jinja2",
    "jinja2.sandbox",
    "markdown_it",
    "mastodon",
    "msgspec",
    "PIL.Image",
    "psycopg",
    "regex",
    "rich.traceback",
    "structlog",
    "tinycss2",
    "tweepy",
    "twitter_text",
    "uvloop",
)

# Two threads that ask for the end of one process at once would take the answer from each other,
# and whoever starts a process asks for the end of all.
_ONE_AT_A_TIME = threading.Lock()
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(list(_LIBRARIES))


class WarmProcess:
    """A command in a process of its own; to be used like a `subprocess.Popen`."""

    def __init__(
        self,
        arguments: tuple[str, ...],
        folder: Path,
        environment: dict[str, str],
        stdout: int,
        stderr: int,
    ) -> None:
        streams = [Connection(os.dup(stream), readable=False) for stream in (stdout, stderr)]
        given = (arguments, folder, environment, *streams)
        self._process = _FORKING.Process(target=_become, args=given, daemon=True)
        with _ONE_AT_A_TIME:
            self._process.start()
        for stream in streams:
            stream.close()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, once it has ended."""
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit code, for which so many seconds are waited. Raises TimeoutError."""
        if not wait([self._process.sentinel], timeout):
            raise TimeoutError(f"not at its end after {timeout} s")
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _become(
    arguments: tuple[str, ...],
    folder: Path,
    environment: dict[str, str],
    stdout: Connection,
    stderr: Connection,
) -> None:
    """Be the program: `python -m distributor ARGUMENTS` in this folder."""
    for number, stream in enumerate((stdout, stderr), 1):
        os.dup2(stream.fileno(), number)
        stream.close()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    try:
        runpy.run_module("distributor", run_name="__main__", alter_sys=True)
    finally:
        # The end of an interpreter closes them; whoever is forked leaves without that.
        if settings.configured:
            connections.close_all()
