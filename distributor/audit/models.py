"""The record of who did what, each entry sealed by the digest of the one before."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act. Never changed, never deleted."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField(max_length=40)  # ISO 8601, exactly as it was hashed
    actor = models.CharField(max_length=80)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.sequence} {self.act} {self.subject}"
