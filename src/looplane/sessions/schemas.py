"""Sessions on the wire."""

from looplane.kit.paging import page_of
from looplane.kit.schema import StrictModel, Timestamp
from looplane.members.schemas import Role


class SessionMember(StrictModel):
    """Who is signed in."""

    id: str
    email: str
    name: str | None
    image_url: str | None
    role: Role


class SessionWorkspace(StrictModel):
    id: str
    name: str


class SessionOut(StrictModel):
    """Who is signed in and where, and what their pages prove themselves with."""

    id: str
    member: SessionMember
    workspace: SessionWorkspace
    # Where their pages make projects and issues.
    default_linear_team_id: str | None
    csrf_token: str
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int
    expires_at: Timestamp


class OwnSessionOut(StrictModel):
    """A session as its member sees it among theirs."""

    id: str
    agent: str
    address: str
    is_current: bool
    created_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp


OwnSessionPage = page_of(OwnSessionOut)


class EndedSessions(StrictModel):
    """How many sessions were ended."""

    ended: int
