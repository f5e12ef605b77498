"""What is due for too long, because the machine was off, waits for a person."""

from __future__ import annotations

import datetime as dt

from ..context import Context
from ..statements.models import Statement


def why_late(context: Context, statement: Statement, approved_at: dt.datetime) -> str | None:
    """In words for the team why it should not begin by itself now, or None when it may."""
    late = context.configuration.delivery.late.timedelta
    undo = context.configuration.approval.undo.timedelta
    due = max(approved_at + undo, statement.not_before or approved_at)
    if not late or context.now() - due <= late:
        return None
    return (
        f"it was due at {due:%Y-%m-%d %H:%M} UTC, longer ago than delivery.late allows; "
        "if it should still go out, take the approval back and approve it again"
    )
