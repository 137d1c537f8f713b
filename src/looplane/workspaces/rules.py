"""What a workspace that rests refuses. Pure."""

from looplane.kit.database import Row
from looplane.kit.errors import Conflict


def require_whole(workspace: Row) -> None:
    """Raises Conflict for a workspace whose deletion has begun."""
    if workspace["deletion_began_at"] is not None:
        msg = (
            f"The deletion of the workspace «{workspace['name']}» has begun, and cannot be taken"
            f" back; `looplane workspace delete {workspace['id']}` goes on with it."
        )
        raise Conflict(msg)


def require_live(workspace: Row) -> None:
    """Raises Conflict for a workspace that is archived, or whose deletion has begun."""
    require_whole(workspace)
    if workspace["archived_at"] is not None:
        msg = (
            f"The workspace «{workspace['name']}» is archived;"
            f" `looplane workspace unarchive {workspace['id']}` ends that."
        )
        raise Conflict(msg)
