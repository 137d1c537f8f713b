"""Keys on the wire."""

from looplane.kit.schema import StrictModel


class MeOut(StrictModel):
    workspace_id: str
    api_key_id: str
    scopes: list[str]
    linear_team_ids: list[str]
    default_linear_team_id: str | None
