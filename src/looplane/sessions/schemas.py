"""Sessions on the wire."""

from looplane.kit.schema import Reference, StrictModel, Timestamp
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
    id: str
    member: SessionMember
    workspace: SessionWorkspace
    csrf_token: str
    expires_at: Timestamp


class SignInByLink(StrictModel):
    token: Reference
