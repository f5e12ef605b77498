"""Proofs and the approvals that name their digests."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from distributor.statements.models import Statement


class Proof(models.Model):
    """Everything that would go out for a statement, frozen as bytes."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="proofs")
    digest = models.CharField(max_length=64)  # SHA-256 of content
    content = models.BinaryField()
    layout = models.JSONField()  # lengths, limits and traces: shown, never sent
    findings = models.JSONField()
    basis = models.CharField(max_length=64)  # what it was rendered from; see proofing.py
    round = models.PositiveIntegerField(default=1)  # of its statement, when it was made
    current = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=models.Q(current=True),
                name="one_current_proof",
            )
        ]

    def __str__(self) -> str:
        return self.digest


class StoredMedia(models.Model):
    """The bytes of a picture that proofs name by its SHA-256; never changed, stored once."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    mime = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        verbose_name_plural = "stored media"

    def __str__(self) -> str:
        return self.sha256


class Approval(models.Model):
    """One person's agreement to one digest; voided for ever by any change."""

    proof = models.ForeignKey(Proof, models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proof", "person"],
                condition=models.Q(voided_at=None),
                name="one_approval_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.digest[:12]}"
