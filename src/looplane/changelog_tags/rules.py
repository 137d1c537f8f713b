"""What a tag of changelogs must look like. Pure."""

from collections.abc import Mapping

from looplane.changelog_tags.schemas import UNSEEN


def look_faults(tag: Mapping[str, object]) -> list[str]:
    """A fault for a tag of which nothing would be seen."""
    if tag["color"] is None and tag["icon"] is None:
        return [UNSEEN]
    return []
