"""HTTP: merges of companies."""

from typing import Annotated

from starlette.responses import Response

from looplane.companies.merges import commands
from looplane.companies.merges.schemas import CompanyMerge, CompanyUnmerge
from looplane.companies.schemas import CompanyOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import Id
from looplane.kit.writes import Write

api = Api("companies")
Writing = Annotated[Write, require_scopes("companies:write")]


@api.post("/companies/{id}/merge", "companies-merge", CompanyOut)
async def merge_companies(id: Id, body: CompanyMerge, write: Writing) -> Response:
    """Merge another company into this one, which is answered.

    Its threads, contacts and memberships move; what this one lacks is filled in from it, and its
    domains and external ids are added, so that they lead here. Its id is then not found.
    """
    return await write(commands.merge_companies, id, body)


@api.post("/companies/{id}/unmerge", "companies-unmerge", CompanyOut)
async def unmerge_companies(id: Id, body: CompanyUnmerge, write: Writing) -> Response:
    """Take a merge back within 30 days: the other company is there again, with its id.

    What moved goes back, but for what was moved elsewhere since; what was filled in is taken out
    again, but for what was changed since. The company of the path is answered.
    """
    return await write(commands.unmerge_companies, id, body)
