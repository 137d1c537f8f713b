"""What a session may do, and how long. Pure."""

from datetime import timedelta

from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.keys import SCOPES

# How long a session is good, and a link that signs in.
LIFETIME = timedelta(days=30)
LINK_LIFETIME = timedelta(days=1)


def scopes_of(role: str) -> frozenset[str]:
    """What a member of this role may do at a screen: a VIEWER reads, an ADMIN does all."""
    allowed = {
        "ADMIN": SCOPES,
        "USER": [each for each in SCOPES if each != "admin"],
        "VIEWER": [each for each in SCOPES if each.endswith(":read")],
    }
    return frozenset([*allowed[role], SESSION_SCOPE])
