"""When an invite opens the workspace. Pure."""

from datetime import datetime, timedelta

from looplane.kit.clock import iso
from looplane.kit.database import Row
from looplane.kit.errors import Conflict
from looplane.kit.principal import ARCHIVED

# How long an invite is good.
LIFETIME = timedelta(days=7)


def require_open(invite: Row, now: datetime) -> None:
    """Raises Conflict for an invite that was accepted or has expired, or opens what is archived."""
    if invite.get("is_archived"):
        raise Conflict(ARCHIVED)
    if invite["state"] != "PENDING":
        msg = "This invite was accepted already."
        raise Conflict(msg)
    if invite["expires_at"] <= now:
        msg = f"This invite expired at {iso(invite['expires_at'])}; ask for a new one."
        raise Conflict(msg)
