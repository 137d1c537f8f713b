"""How other nouns say which portal shows a thing; null stands for the main one, which has no id."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from looplane.filters import Filter
from looplane.foreign_keys import ForeignKey
from looplane.kit.ids import parse_id
from looplane.kit.schema import Reference

# Stands for the main portal in a filter; no id of ours is this one.
_MAIN_PORTAL = UUID(int=0)

PORTAL = ForeignKey("portal instance", "portal_instances")
Portal = Annotated[
    Reference, Field(description="The portal that shows it; null stands for the main one.")
]
OfPortal = Annotated[
    Reference, Field(description="Of this portal; `main` stands for the main one.")
]


def of_portal(alias: str) -> Filter:
    """What the portal with an id shows; `main` stands for the main one, which has none."""
    column = f"{alias}.portal_instance_id"
    return Filter(
        f"({column} = {{0}} or ({{0}} = '{_MAIN_PORTAL}'::uuid and {column} is null))",
        lambda text: _MAIN_PORTAL if text == "main" else parse_id(text),
    )
