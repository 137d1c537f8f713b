"""What can be done with portals, beside what can be done with every thing."""

from looplane import changes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.portal.schemas import PortalInstanceCreate
from looplane.portal.sql import PORTAL_INSTANCE
from looplane.translations import DEFAULT_LANGUAGE


async def create_portal_instance(
    con: Connection, context: Context, body: PortalInstanceCreate
) -> Answer:
    """Makes a portal. Raises ValidationFailed, and Conflict when the slug is taken."""
    values = {**body.model_dump(), "language": body.language or DEFAULT_LANGUAGE}
    return await changes.create(con, context, PORTAL_INSTANCE, values)
