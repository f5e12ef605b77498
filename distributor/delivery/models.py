"""The ledger of what is on its way, and the lease table that drives it."""

from __future__ import annotations

import datetime as dt

from django.db import models

from distributor.approvals.models import Proof
from distributor.statements.models import Statement


class State(models.TextChoices):
    """Where a delivery or a post is; the words of `status --json`."""

    WAITING = "waiting"
    RUNNING = "running"  # a request is under way, or its effect is being looked up
    SENT = "sent"
    UNSURE = "unsure"  # nobody can tell; waits for a person
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    HELD = "held"
    WITHDRAWN = "withdrawn"


DONE = (State.SENT, State.WITHDRAWN)


class Act(models.TextChoices):
    """What a delivery does with one of its posts; all but the first are corrections."""

    PUBLISH = "publish"
    EDIT = "edit"  # the post that stands in its place
    KEEP = "keep"  # it stands there already, word for word
    REMOVE = "remove"  # the new wording has fewer posts


class Delivery(models.Model):
    """One thread on its way to one channel, or what corrects one that is out."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="deliveries")
    proof = models.ForeignKey(Proof, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(blank=True)  # why it waits, in words for the team
    corrects = models.ForeignKey("self", models.PROTECT, null=True)  # the thread's first delivery
    anchor = models.CharField(max_length=200, null=True)  # newest own post before the first
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["proof", "channel"], name="one_delivery_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} on {self.channel}"

    @property
    def planned_at(self) -> dt.datetime:
        """When it was to leave at the earliest: the approval, or the end of the embargo."""
        return max(self.created_at, self.statement.not_before or self.created_at)


class Post(models.Model):
    """One post of a delivery."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="posts")
    position = models.PositiveIntegerField()  # from 1
    act = models.CharField(max_length=10, choices=Act, default=Act.PUBLISH)
    transport = models.JSONField(default=dict)  # keys, frozen with the first attempt
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # Of a post that stands already, what its own receipt says.
    remote_id = models.CharField(max_length=300, null=True)
    url = models.CharField(max_length=500, null=True)
    extra = models.JSONField(default=dict)  # what else the receipt held, e.g. a CID
    sent_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # what was sent stays written here, as a tombstone
    reason = models.TextField(blank=True)  # why it could not be removed

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "position"], name="one_post_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.delivery} {self.position}"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.state in DONE


class Attempt(models.Model):
    """One try to publish, saved before the call; its outcome follows after it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    channel = models.CharField(max_length=80)  # for the caps
    payload_hash = models.CharField(max_length=64)
    owner = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)  # sent, refused, later, unsure, absent
    detail = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["channel", "started_at"])]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="one_attempt_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.post} try {self.number}"


class Job(models.Model):
    """Something to look at. The ledger is the truth; a job only says when."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120, unique=True)  # kind and the id it is about
    lane = models.CharField(max_length=80, null=True)  # the channel, where one goes at a time
    due = models.DateTimeField(
        null=True
    )  # NULL closed; future embargoed or leased; past: claimable
    owner = models.CharField(max_length=64, null=True)  # who holds the lease
    attempts = models.PositiveIntegerField(default=0)  # tries without progress
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due"])]

    def __str__(self) -> str:
        return self.key


class Halt(models.Model):
    """The switch of promise 6: one row while nothing may leave."""

    why = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.why


class Epoch(models.Model):
    """How much was about to leave so far, in one row; see `delivery.epoch`."""

    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)


class Moved(models.Model):
    """Where this database was moved, in one row; it is not to be used any more."""

    to = models.CharField(max_length=300)  # an address without user and password
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "moved"

    def __str__(self) -> str:
        return self.to

    @property
    def sentence(self) -> str:
        """What whoever still uses it is told."""
        return (
            f"This database was moved to {self.to} on {self.at:%Y-%m-%d}. "
            "Write that address into storage.database. If that move was broken off at its very "
            "end, run `distributor database copy` with the same address again."
        )


class InstanceLimits(models.Model):
    """What an instance last said about its limits."""

    instance = models.CharField(max_length=300, primary_key=True)
    max_characters = models.PositiveIntegerField()
    per_url = models.PositiveIntegerField()
    media = models.JSONField(default=dict)  # of pictures, as MediaLimits names them
    read_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "instance limits"

    def __str__(self) -> str:
        return self.instance
