"""Subscribers, their subscriptions, and campaigns with a row per recipient.

Addresses are sealed (see `distributor.vault`); `address_index` is a keyed hash
that finds an address without revealing it.
"""

from __future__ import annotations

from django.db import models

from distributor.approvals.models import Proof
from distributor.statements.models import Statement


class Subscriber(models.Model):
    """A person's address."""

    address = models.BinaryField()  # sealed
    address_index = models.CharField(max_length=64, unique=True)
    name = models.BinaryField(null=True)  # sealed
    language = models.CharField(max_length=35, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Membership(models.TextChoices):
    """The state of a subscription."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class Subscription(models.Model):
    """A subscriber's membership of one list, with the proof of consent."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    list = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=Membership)
    basis = models.TextField()  # how consent was given, in the words of who imported it
    token_hash = models.CharField(max_length=64, unique=True)  # of the way out
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    unsubscribed_how = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "list"], name="one_subscription_per_list")
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.list}"


class Suppression(models.Model):
    """An address never to be mailed; kept as a keyed hash only."""

    address_index = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class CampaignState(models.TextChoices):
    """Where a campaign is; the words of `status --json`."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Purpose(models.TextChoices):
    """What a campaign tells its readers; the words of `status --json`."""

    STATEMENT = "statement"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class Campaign(models.Model):
    """One statement to one list, or later news of it to those who got it."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="campaigns")
    proof = models.ForeignKey(Proof, models.PROTECT, related_name="campaigns")
    list = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.STATEMENT)
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.SCHEDULED)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proof", "list", "purpose"], name="one_campaign_per_list_and_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} to {self.list}"


class Handover(models.TextChoices):
    """Where one recipient's message is."""

    WAITING = "waiting"
    RUNNING = "running"
    SENT = "sent"
    REFUSED = "refused"
    UNSURE = "unsure"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"  # perhaps arrived; a person left it at that


class Recipient(models.Model):
    """One subscription's message of one campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="recipients")
    subscription = models.ForeignKey(Subscription, models.SET_NULL, null=True)
    state = models.CharField(max_length=10, choices=Handover, default=Handover.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(null=True)  # not before, after the server asked to wait
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # the server's last words, without addresses

    class Meta:
        indexes = [models.Index(fields=["campaign", "state", "due"])]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "subscription"], name="one_message_per_subscription"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} recipient {self.pk}"
