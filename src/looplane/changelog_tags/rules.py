"""What a tag of changelogs must look like. Pure."""

from collections.abc import Mapping


def look_faults(tag: Mapping[str, object]) -> list[str]:
    """A fault for a tag of which nothing would be seen."""
    if tag["color"] is None and tag["icon"] is None:
        return ["color: a tag needs a color or an icon"]
    return []
