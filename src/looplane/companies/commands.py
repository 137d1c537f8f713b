"""What can be done with companies, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.changes import Decision
from looplane.companies.schemas import CompanyPatch
from looplane.companies.sql import COMPANY, SETS
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.responses import Answer


async def update_company(
    con: Connection, context: Context, id: UUID, patch: CompanyPatch
) -> Answer:
    """Changes a company. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)

    def columns(row: Row) -> dict[str, object]:
        same = {name: row[name] for name in SETS if set(sent.get(name, ())) == set(row[name])}
        return {**sent, **same}

    return await changes.update(con, context, COMPANY, id, sent, Decision(columns))
