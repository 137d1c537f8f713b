"""Who acts: a caller with a key, or a rule of the program."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from looplane.kit.networks import Network

ActorType = Literal["person", "program", "ai", "rule"]

# To whoever wants in, by whatever.
ARCHIVED = "This workspace is archived: nobody is let in until the operator ends that."


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, in which workspace, and what they may do there.

    A caller has a key, and through it perhaps a member, or a session, and through it always one; a
    rule has a name and none of them. The key may end, and be good from some `networks` only;
    without any it is good from everywhere.
    """

    workspace_id: UUID
    type: ActorType
    key_id: UUID | None = None
    session_id: UUID | None = None
    member_id: UUID | None = None
    is_viewer: bool = False
    scopes: frozenset[str] = frozenset()
    rule: str | None = None
    # It is looked at whenever they call; that of a session moves while it is used.
    expires_at: datetime | None = field(default=None, compare=False)
    networks: tuple[Network, ...] = ()
    # So is the workspace.
    is_archived: bool = False

    @property
    def caller_id(self) -> UUID | None:
        """Whose requests are counted together: those of a key, or of a member in all sessions."""
        return self.key_id or self.member_id

    @property
    def means(self) -> str:
        """What a caller calls by."""
        return "key" if self.session_id is None else "session"

    @property
    def actor(self) -> dict[str, object]:
        """The principal as an event names it."""
        return {
            "type": self.type,
            "key_id": self.key_id,
            "member_id": self.member_id,
            "rule": self.rule,
        }
