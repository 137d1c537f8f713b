"""What a change of a changelog sets off. Pure."""

from looplane.kit.database import Row

PUBLISHED = "changelog.published"


def publishing(is_published: object, before: Row | None = None) -> list[str]:
    """The event of a changelog that readers see from now on; of a new one there is no `before`."""
    return [PUBLISHED] if is_published and not (before and before["published"]) else []
