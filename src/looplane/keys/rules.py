"""Which scopes a key gets. Pure."""

from collections.abc import Collection

from looplane.kit.keys import SCOPES

ALL = "all"


def scope_faults(asked: Collection[str]) -> list[str]:
    """What is wrong with the scopes asked for."""
    unknown = [scope for scope in asked if scope not in {*SCOPES, ALL}]
    if asked and not unknown:
        return []
    what = f"there is no {', no '.join(unknown)}" if unknown else "name at least one"
    return [f"scopes: {what}; there are {', '.join(SCOPES)}, and {ALL} for all of them"]


def granted(asked: Collection[str]) -> list[str]:
    """The scopes that were asked for, each once and in their usual order."""
    return [scope for scope in SCOPES if scope in asked or ALL in asked]
