"""Who acts by a command: whoever runs this machine, who may do all."""

from uuid import UUID

from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.principal import Principal


def acting(workspace_id: UUID, command: str) -> Context:
    """What a command of the noun is given; its events name `command`, such as `key create`."""
    return Context(Principal(workspace_id, "rule", rule=command), system_clock, command)
