"""What a workspace needs of its members. Pure."""

from looplane.kit.database import Row
from looplane.kit.errors import Conflict
from looplane.members.schemas import Role


def next_role(member: Row, role: Role) -> dict[str, object]:
    """The role that a member gets. Raises Conflict for the last ADMIN who would be none."""
    if role != "ADMIN":
        require_another_admin(member)
    return {"role": role}


def require_another_admin(member: Row) -> None:
    """Raises Conflict when nobody but this `member` is an ADMIN."""
    if member["role"] == "ADMIN" and not member["has_other_admin"]:
        msg = "This is the last ADMIN of the workspace: make another member an ADMIN first."
        raise Conflict(msg)
