"""What a session may do, and how long. Pure."""

from datetime import datetime, timedelta
from uuid import UUID

from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.ids import parse_id
from looplane.kit.keys import SCOPES

# How long a session is good after its last use, and at the most.
IDLE_LIFETIME = timedelta(days=30)
MOST_LIFETIME = timedelta(days=90)
# A use is written where the one before it was so long ago.
USE_PRECISION = timedelta(minutes=5)
# Of a member's sessions beyond these the one that was not used for longest ends.
MAX_SESSIONS = 50
# What has ended is deleted after so long.
KEPT = timedelta(days=30)
MAX_AGENT_LENGTH = 300  # characters
_NO_WORKSPACE = UUID(int=0)


def scopes_of(role: str) -> frozenset[str]:
    """What a member of this role may do at a screen: a VIEWER reads, an ADMIN does all."""
    allowed = {
        "ADMIN": SCOPES,
        "USER": [each for each in SCOPES if each != "admin"],
        "VIEWER": [each for each in SCOPES if each.endswith(":read")],
    }
    return frozenset([*allowed[role], SESSION_SCOPE])


def first_end(now: datetime) -> datetime:
    """When a session ends that is opened now and never used."""
    return now + IDLE_LIFETIME


def named_workspace(text: str | None) -> UUID | None:
    """The workspace that is named, one that there is not for what is no id, None for none."""
    return None if text is None else parse_id(text) or _NO_WORKSPACE
