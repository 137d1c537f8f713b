"""What every command and query is given beside its own arguments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from looplane.kit.clock import Clock
from looplane.kit.errors import PreconditionFailed, ValidationFailed
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal


@dataclass(frozen=True, slots=True)
class Precondition:
    """The versions that a caller is ready to write over; None stands for any."""

    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        """Raises PreconditionFailed unless `version` is one of them."""
        if self.versions is not None and version not in self.versions:
            msg = f"It has changed since: the present version is {version}. Read it again."
            raise PreconditionFailed(msg, headers={"ETag": f'"{version}"'})


ANY_VERSION = Precondition()


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, by which clock, on which version, and because of what.

    `cause` is the id of the request, or the name of the rule. `faults` are those that were found
    in the form of the request: what is well formed is judged all the same, and nothing is written.
    `channels` are those that are set up to deliver. Whatever is written with one context is one
    write, `write_id`, which may take another one back.
    """

    principal: Principal
    clock: Clock
    cause: str
    precondition: Precondition = ANY_VERSION
    faults: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    write_id: UUID = field(default_factory=new_id)
    takes_back: UUID | None = None

    @property
    def workspace_id(self) -> UUID:
        """The workspace of the principal."""
        return self.principal.workspace_id

    @property
    def member_id(self) -> UUID | None:
        """The member for whom the principal acts."""
        return self.principal.member_id

    def raise_faults(self, faults: Sequence[str] = ()) -> None:
        """Raises ValidationFailed with the faults of the form and these, if there are any.

        Every command that takes a body calls it before it writes.
        """
        if self.faults or faults:
            raise ValidationFailed([*self.faults, *faults])
