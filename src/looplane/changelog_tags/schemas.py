"""Tags of changelogs on the wire."""

from typing import Annotated

from pydantic import Field, model_validator

from looplane.kit.paging import page_of
from looplane.kit.schema import Color, Name, StrictModel, Timestamp, optional

UNSEEN = "color: a tag needs a color or an icon"
_OF_ICON = Field(
    description="Name of an icon of the Lucide set, such as `sparkles`. Without one the tag is a "
    "dot in its color."
)
Icon = Annotated[Name, _OF_ICON]


class ChangelogTagOut(StrictModel):
    id: str
    name: str
    color: str | None
    icon: Annotated[str | None, _OF_ICON]
    created_at: Timestamp
    updated_at: Timestamp


class ChangelogTagCreate(StrictModel):
    """A tag has a color or an icon, or both; no other has the same name."""

    name: Name
    color: Color | None = None
    icon: Icon | None = None

    @model_validator(mode="after")
    def _is_seen(self) -> "ChangelogTagCreate":
        if self.color is None and self.icon is None:
            raise ValueError(UNSEEN)
        return self


class ChangelogTagPatch(StrictModel):
    name: Name = optional()
    color: Color = optional()
    icon: Icon | None = None


ChangelogTagPage = page_of(ChangelogTagOut)
