"""Keys on the wire."""

from typing import Literal

from looplane.kit.schema import StrictModel

# Who acts by a key, as events say it.
KeyKind = Literal["person", "program", "ai"]


class MeOut(StrictModel):
    workspace_id: str
    api_key_id: str
    scopes: list[str]
    linear_team_ids: list[str]
    default_linear_team_id: str | None
