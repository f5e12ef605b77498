"""Watching the sources: what is found becomes a statement, and the next look is planned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog
from django.db import transaction

from . import actions
from .config import FolderSource
from .context import Context
from .delivery import queue
from .delivery.models import Job
from .delivery.queue import Lease
from .errors import DistributorError
from .scheduling import next_run
from .sources.folder import Folder, read
from .statements.store import Origin

_log = structlog.get_logger()

WATCH = "watch"


def folder_of(table: FolderSource) -> Path:
    """The watched folder; made when it is not there."""
    path = Path(table.path)
    path.mkdir(parents=True, exist_ok=True)
    return path


def plan(context: Context) -> None:
    """Open a job for each configured source that has none; sources taken out are closed."""
    sources = context.configuration.sources
    with transaction.atomic():
        for name in sources:
            queue.enqueue(WATCH, name, context.now())
        stale = Job.objects.filter(kind=WATCH).exclude(
            key__in=[queue.key_of(WATCH, name) for name in sources]
        )
        stale.delete()


def watch(context: Context, folders: Mapping[str, Folder], lease: Lease) -> None:
    """Look once, take in what is complete, and plan the next look."""
    name = lease.subject
    table, began = context.configuration.sources[name], context.now()
    for path in folders[name].complete():
        _take_in(context, folders[name], path, name, table)
    queue.progress(lease, next_run(table.every.timedelta, began, context.now()))


def _take_in(
    context: Context, folder: Folder, path: Path, source: str, table: FolderSource
) -> None:
    try:
        submission = actions.submit(
            context,
            read(path),
            origin=Origin(source, table.channels, table.lists),
            language=table.language,
        )
    except DistributorError as error:
        folder.set_aside(path, str(error))
        _log.warning("a file was set aside", file=path.name, why=str(error))
    except OSError as error:
        _log.warning("a file cannot be read", file=path.name, why=error.strerror)
    else:
        folder.put_away(path)
        _log.info(
            "a file was taken in",
            file=path.name,
            statement=submission.statement.id,
            new=submission.is_new,
        )
