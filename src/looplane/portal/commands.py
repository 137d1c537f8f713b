"""What can be done with portals, beside what can be done with every thing."""

from uuid import UUID

import asyncpg

from looplane import changes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.responses import Answer
from looplane.portal.schemas import PortalInstanceCreate, PortalInstancePatch
from looplane.portal.sql import PORTAL_INSTANCE
from looplane.translations import DEFAULT_LANGUAGE


async def create_portal_instance(
    con: Connection, context: Context, body: PortalInstanceCreate
) -> Answer:
    """Makes a portal. Raises ValidationFailed, and Conflict when the slug is taken."""
    values = {**body.model_dump(), "language": body.language or DEFAULT_LANGUAGE}
    try:
        return await changes.create(con, context, PORTAL_INSTANCE, values)
    except asyncpg.UniqueViolationError:
        raise _taken(body.slug) from None


async def update_portal_instance(
    con: Connection, context: Context, id: UUID, patch: PortalInstancePatch
) -> Answer:
    """Changes a portal.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict when the slug is taken.
    """
    try:
        return await changes.update_from_body(con, context, PORTAL_INSTANCE, id, patch)
    except asyncpg.UniqueViolationError:
        raise _taken(patch.slug) from None


def _taken(slug: str) -> Conflict:
    return Conflict(f"There is already a portal with the slug {slug}.")
