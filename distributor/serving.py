"""The running system: pages, clock and workers in one process, or workers alone."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Callable
from typing import Any

import structlog
import waitress
from django.core.wsgi import get_wsgi_application

from . import assemble, watching, workers
from .context import Context
from .errors import BadConfiguration
from .scheduling import Clock

_log = structlog.get_logger()
_WEB_THREADS = 8
_LARGEST_REQUEST = 20_000_000  # bytes: a picture, and room to tell that it is too large


def serve(context: Context, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until the process is told to end; `announce` is given the address once it answers.

    Raises BadConfiguration when the port is taken, BadState when another process
    works on the data directory.
    """
    with assemble.working(context):
        watching.plan(context)
        server = _listen(host, port)
        kinds = (*workers.OUTGOING, *workers.INTERNAL, watching.WATCH)
        crew = workers.Workers(context, kinds)
        clock = Clock(crew.nudge)
        pages = threading.Thread(target=server.run, name="pages", daemon=True)
        _end_on_signal(crew.stop)
        pages.start()
        clock.start()
        announce(f"http://{host}:{server.effective_port}")
        try:
            crew.run()
        finally:
            clock.stop()
            server.close()


def work(context: Context, announce: Callable[[], None]) -> None:
    """Work on what is due until the process is told to end, without pages or sources.

    On PostgreSQL beside other processes, here and on other machines. Raises BadState
    when the database is SQLite and another process works on the data directory.
    """
    with assemble.working(context, one_of_many=True):
        crew = workers.Workers(context, (*workers.OUTGOING, *workers.INTERNAL))
        _end_on_signal(crew.stop)
        announce()
        crew.run()


def _listen(host: str, port: int) -> Any:
    try:
        return waitress.create_server(
            get_wsgi_application(),
            host=host,
            port=port,
            threads=_WEB_THREADS,
            ident=None,
            max_request_body_size=_LARGEST_REQUEST,
            # Whether a TLS proxy's X-Forwarded headers are believed is up to `settings`.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadConfiguration(
                f"web.port: port {port} is in use by another program. "
                "End that program, or choose another port with --port."
            ) from None
        raise BadConfiguration(
            f"web.host: nothing can be served on {host} port {port} ({error.strerror})."
        ) from None


def _end_on_signal(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())
