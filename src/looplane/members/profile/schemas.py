"""What members say of themselves, and what all see of the team, on the wire."""

from looplane.kit.paging import page_of
from looplane.kit.schema import Name, StrictModel, WebUrl, optional
from looplane.members.schemas import Role, UserRef


class ProfilePatch(StrictModel):
    name: Name = optional()
    image_url: WebUrl | None = None


class TeamMember(UserRef):
    """A member as pickers show them."""

    role: Role


TeamPage = page_of(TeamMember)
