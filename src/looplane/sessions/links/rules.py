"""How long links are good, and where they lead. Pure."""

from datetime import timedelta

# Of one that is printed, and of one that is mailed.
LIFETIME = timedelta(days=1)
MAILED_LIFETIME = timedelta(hours=1)
_PATHS = {"first_run": "first-run", "sign_in": "sign-in-link", "invite": "invite"}


def link_address(site: str, purpose: str, token: str) -> str:
    """A link with a token, for the browser.

    Behind the # it is in no log, no other site is told of it, and who looks at links before they
    are opened uses none up.
    """
    return f"{site}/{_PATHS[purpose]}#{token}"
