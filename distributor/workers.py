"""The workers: threads that claim due jobs and do them until they are told to stop."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeVar

import structlog
from django.db import Error as DatabaseTrouble
from django.db import InterfaceError, OperationalError, connection, connections

from . import actions, watching
from .approvals import proofing
from .context import Context
from .database import explain
from .delivery import dispatch, outbox, queue, removal, switch
from .delivery.models import Delivery, Job, State
from .delivery.queue import Lease, LeaseLost
from .delivery.roster import Busy, Roster
from .delivery.wake import Waker, open_waker
from .errors import DistributorError
from .newsletter import campaigns
from .newsletter.models import Campaign
from .sources.folder import Folder

_log = structlog.get_logger()

OUTGOING = (dispatch.THREAD, dispatch.MAIL, dispatch.REMOVAL)  # what a halt stops
_ABOUT_THREADS = (dispatch.THREAD, dispatch.REMOVAL)
INTERNAL = (actions.RENDER,)
THREADS = 8
# Threads of one process take turns at every query, so that those who begin together would all
# send their first request when the last one does.
_HEAD_START = 0.01  # seconds
_LONGEST = 1.0  # seconds without a look: whether a file HALT went, or time is up
_BUSY = dt.timedelta(milliseconds=100)
_AWAY = (OperationalError, InterfaceError)  # the database does not answer, or hung up
_PATIENCE = 30  # seconds a job waits for the database to come back, to hand its lease back


Sending = TypeVar("Sending", Delivery, Campaign)


class Workers:
    """One process's workers. `kinds` are the kinds of job it takes."""

    def __init__(
        self, context: Context, kinds: tuple[str, ...], roster: Roster | None = None
    ) -> None:
        self._context = context
        self._kinds = kinds
        self._owner = f"{socket.gethostname()[:32]}:{os.getpid()}"
        self._stop = threading.Event()
        self._roster = roster or Roster(context)
        self._folders = {
            name: Folder(watching.folder_of(table))
            for name, table in context.configuration.sources.items()
        }
        self._nudged = threading.Event()
        self._renewing: AbstractContextManager[object] = threading.Lock()
        self._renewed: dict[int, bytes] = {}  # by proof: the files it was compared with

    def nudge(self) -> None:
        """Look for due work now; the clock's tick."""
        self._nudged.set()

    def stop(self) -> None:
        """End after the jobs under way."""
        self._stop.set()
        self._nudged.set()

    def run(self, is_done: Callable[[], bool] = lambda: False) -> None:
        """Claim and do until stopped, or until `is_done` while nothing is under way."""
        waker = open_waker(self._nudged)
        under_way: set[Future[None]] = set()
        with ThreadPoolExecutor(THREADS, "worker") as pool:
            try:
                while not self._stop.is_set():
                    under_way = {future for future in under_way if not future.done()}
                    claimed = self.claim(THREADS - len(under_way))
                    for lease in claimed:
                        under_way.add(self._begin(pool, lease))
                        self._stop.wait(_HEAD_START)
                    if not claimed and not under_way and self._ask(is_done):
                        break
                    if not claimed:
                        self._rest(waker)
            finally:
                self._stop.set()
                waker.close()
                pool.shutdown(wait=True)
                self._roster.close()

    def _begin(self, pool: ThreadPoolExecutor, lease: Lease) -> Future[None]:
        future = pool.submit(self.do, lease)
        future.add_done_callback(lambda _: self.nudge())  # its last commit came before its end
        return future

    def _ask(self, is_done: Callable[[], bool]) -> bool:
        try:
            return is_done()
        except DatabaseTrouble as error:
            self._database_trouble(error)
            return False

    def _rest(self, waker: Waker) -> None:
        try:
            waker.wait(self._seconds_to_next())
        except DatabaseTrouble as error:
            self._database_trouble(error)

    def _seconds_to_next(self) -> float:
        due = queue.next_due(self._allowed_kinds())
        wait = (due - self._context.now()).total_seconds() if due else _LONGEST
        return min(max(wait, 0.01), _LONGEST)

    def claim(self, most: int) -> list[Lease]:
        """Lease due jobs, at most so many; none that a halt forbids."""
        if most < 1:
            return []
        try:
            length = self._context.configuration.delivery.lease.timedelta
            now = self._context.now()
            return queue.claim(self._allowed_kinds(), self._owner, now, length, most)
        except DatabaseTrouble as error:
            self._database_trouble(error)
            return []

    def _allowed_kinds(self) -> list[str]:
        """What may be worked on now: while everything is halted, nothing that goes out."""
        halted = switch.is_on(self._context.configuration.directory)
        return [kind for kind in self._kinds if not (halted and kind in OUTGOING)]

    def _database_trouble(self, error: DatabaseTrouble) -> None:
        _log.warning("the database does not answer", why=explain(error))
        connection.close()
        self._stop.wait(1.0)

    def do(self, lease: Lease) -> None:
        """One job, whatever happens: a lost lease or a failure is noted, never raised."""
        try:
            connection.close_if_unusable_or_obsolete()  # it may have been cut since the last job
            self._try(lease)
        except _AWAY as error:
            self._outlast(lease, error)
        except Exception as error:
            _log.exception("a job failed", kind=lease.kind, job=lease.subject)
            self._postpone(lease, dt.timedelta(seconds=30), type(error).__name__)
        finally:
            if self._stop.is_set():
                connections.close_all()

    def _try(self, lease: Lease) -> None:
        try:
            self._handle(lease)
        except LeaseLost:
            _log.info("the job went to somebody else", job=lease.subject, kind=lease.kind)
        except Busy:
            self._postpone(lease, _BUSY, "the channel is busy with another thread", tried=False)
        except DistributorError as error:
            self._explain(lease, str(error))

    def _handle(self, lease: Lease) -> None:
        context = self._context
        match lease.kind:
            case dispatch.THREAD | dispatch.REMOVAL:
                delivery = self._still_approved(Delivery, lease)
                if delivery is None:
                    queue.finish(lease)
                elif delivery.channel not in context.configuration.channels:
                    outbox.hold(lease, delivery, f"[channels.{delivery.channel}] is not configured")
                else:
                    removing = lease.kind == dispatch.REMOVAL
                    work = removal.remove_thread if removing else outbox.publish_thread
                    with self._roster.borrow(delivery.channel) as channel:
                        work(context, channel, lease)
            case dispatch.MAIL:
                self._still_approved(Campaign, lease)
                campaigns.send_campaign(context, lease, outbox.rules_of(context))
            case actions.RENDER:
                files = proofing.files_of(context)
                proof = actions.make_proof(context, lease.subject)
                self._renewed[proof.pk] = files
                queue.finish(lease)
                self._roster.warm_up()
            case watching.WATCH:
                watching.watch(context, self._folders, lease)

    def _still_approved(self, model: type[Sending], lease: Lease) -> Sending | None:
        """What the job is about; if its proof has to be renewed, the lease may be lost with it."""
        found: Sending | None = next(iter(model._default_manager.filter(pk=lease.subject)), None)
        if found:
            with self._renewing:
                self._renew_proof(found)
        return found

    def _renew_proof(self, sending: Delivery | Campaign) -> None:
        """See `actions`; again only when a file changed, as nothing else does while we run."""
        files = proofing.files_of(self._context)
        if self._renewed.get(sending.proof_id) != files:
            actions.renew_proof(self._context, sending.statement_id)
            self._renewed[sending.proof_id] = files

    def _explain(self, lease: Lease, sentence: str) -> None:
        """Something only a person can put right: say it where the team looks, try again later."""
        _log.warning("a job waits", kind=lease.kind, job=lease.subject, why=sentence)
        if lease.kind in _ABOUT_THREADS:
            Delivery.objects.filter(pk=lease.subject).update(reason=sentence, state=State.WAITING)
        if lease.kind == dispatch.MAIL:
            Campaign.objects.filter(pk=lease.subject).update(reason=sentence)
        self._postpone(lease, dt.timedelta(seconds=30), sentence)

    def _postpone(self, lease: Lease, wait: dt.timedelta, why: str, *, tried: bool = True) -> None:
        try:
            queue.postpone(lease, self._context.now() + wait, why, tried=tried)
        except (LeaseLost, DatabaseTrouble) as error:
            _log.info("a job could not be handed back", job=lease.subject, why=str(error))

    def _outlast(self, lease: Lease, error: DatabaseTrouble) -> None:
        """The database went away in the middle: hand the job back as soon as it answers again.

        What was under way is found by the ledger's state, as after a crash. A lease that
        cannot be handed back comes due by itself.
        """
        for _ in range(_PATIENCE):
            self._database_trouble(error)
            try:
                return queue.postpone(lease, self._context.now(), str(error).strip(), tried=False)
            except LeaseLost:
                return None
            except _AWAY as again:
                error = again
            if self._stop.is_set():
                return None
        return None


def is_idle(context: Context, deadline: float | None = None) -> bool:
    """Whether all outgoing work is done, waits for a person, or is under embargo.

    True as well once `deadline` (of the monotonic clock) has passed.
    """
    if deadline is not None and time.monotonic() >= deadline:
        return True
    now = context.now()
    open_jobs = Job.objects.filter(kind__in=(*OUTGOING, *INTERNAL), due__isnull=False)
    if switch.is_on(context.configuration.directory):
        open_jobs = open_jobs.filter(kind__in=INTERNAL)
    return not any(not _under_embargo(job, now) for job in open_jobs)


def _under_embargo(job: Job, now: dt.datetime) -> bool:
    subject = job.key.partition(":")[2]
    models: dict[str, type[Delivery | Campaign]] = {
        dispatch.THREAD: Delivery,
        dispatch.MAIL: Campaign,
    }
    if job.kind not in models:
        return False
    found = models[job.kind].objects.select_related("statement").filter(pk=subject).first()
    not_before = found.statement.not_before if found else None
    return not_before is not None and not_before > now
