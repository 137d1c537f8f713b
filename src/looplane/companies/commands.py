"""What can be done with companies."""

from collections.abc import Mapping
from uuid import UUID

from looplane import changes
from looplane.changes import refuse
from looplane.companies import sql
from looplane.companies.schemas import CompanyCreate, CompanyPatch
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.references import missing

_NAMED = {"status": "company status", "tier": "company tier", "owner": "member"}
_SETS = ("domains", "external_ids")


async def create_company(con: Connection, by: By, company: CompanyCreate) -> Answer:
    """Makes a company. Raises ValidationFailed."""
    sent = company.model_dump()
    columns = _columns(sent, await sql.find_named(con, by, sent))
    return await changes.create(con, by, sql, columns)


async def update_company(con: Connection, by: By, id: UUID, patch: CompanyPatch) -> Answer:
    """Changes a company. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)

    def decide(row: Row) -> dict[str, object]:
        # The same set in another order is no change.
        same = {name: row[name] for name in _SETS if set(sent.get(name, ())) == set(row[name])}
        return {**_columns(sent, row), **same}

    return await changes.update(con, by, sql, id, decide, *sql.named(sent))


async def delete_company(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes a company; its contacts and threads stay. Raises NotFound, PreconditionFailed."""
    return await changes.delete(con, by, sql, id)


def _columns(sent: Mapping[str, object], found: Row) -> dict[str, object]:
    """What was sent, as columns: what it names found."""
    refuse(
        [
            fault
            for name, kind in _NAMED.items()
            for fault in missing(sent, f"{name}_id", kind, found[f"{name}_found"])
        ]
    )
    ids = {f"{name}_id": found[f"{name}_found"] for name in _NAMED if f"{name}_id" in sent}
    return {**sent, **ids}
