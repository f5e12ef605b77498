"""Statements and their revisions, as stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .values import Wording


class Editorial(models.TextChoices):
    """How far the team has come with a statement; delivery has states of its own."""

    WAITING_APPROVAL = "waiting_approval"
    CHANGES_ASKED = "changes_asked"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Statement(models.Model):
    """The organisation's public position; it keeps its id through corrections."""

    id = models.CharField(max_length=16, primary_key=True)
    language = models.CharField(max_length=35)  # of the original (BCP 47)
    url = models.URLField(max_length=500, null=True)
    not_before = models.DateTimeField(null=True)
    hashtags = models.JSONField(default=list)
    source = models.CharField(max_length=80)  # a source of the configuration, "cli" or "web"
    channels = models.JSONField(null=True)  # names; null means all
    lists = models.JSONField(null=True)
    state = models.CharField(max_length=20, choices=Editorial, default=Editorial.WAITING_APPROVAL)
    round = models.PositiveIntegerField(default=1)  # the first, then one more per correction
    note = models.TextField(blank=True)  # what the team was told last, e.g. changes asked for
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Editor(models.Model):
    """Who changed more of a statement than its text, and so is an author of it for good."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="editors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "person"], name="one_editor_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} of {self.statement_id}"


class Mode(models.TextChoices):
    """How much a channel says of a statement."""

    THREAD = "thread"  # all positions and demands
    SINGLE = "single"  # a summary in one post


class Shape(models.Model):
    """What the team chose for one channel of one statement, instead of the configuration."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="shapes")
    channel = models.CharField(max_length=80)
    mode = models.CharField(max_length=10, choices=Mode)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "channel"], name="one_shape_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} on {self.channel}: {self.mode}"


class Edit(models.Model):
    """A post in a person's own words; it replaces the post that says the same of the statement."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="edits")
    channel = models.CharField(max_length=80)
    says = models.CharField(max_length=64)  # rendering.edits.says of the post it replaces
    replaced = models.TextField()  # that post, as rendered
    text = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "channel", "says"],
                condition=models.Q(undone_at=None),
                name="one_edit_per_post",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} on {self.channel} by {self.person}"


class OwnPicture(models.Model):
    """The picture that goes out with a statement, and what it shows, in each language.

    A row never changes: another picture or other words make the next one. The
    bytes are stored by their SHA-256, as proofs name them.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()
    alts = models.JSONField()  # by language
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=models.Q(removed_at=None),
                name="one_picture_per_statement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.sha256[:12]}"


class Revision(models.Model):
    """One exact wording in one language; never changed once stored."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="revisions")
    language = models.CharField(max_length=35)
    number = models.PositiveIntegerField()  # from 1, per statement and language
    wording = models.JSONField()
    digest = models.CharField(max_length=64, db_index=True)
    raw = models.BinaryField()  # the text as it was handed in
    repairs = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "language", "number"], name="one_revision_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.language} {self.number}"

    @property
    def value(self) -> Wording:
        """The wording as a value."""
        return Wording.from_json(self.wording)
