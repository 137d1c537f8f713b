"""Makes the things a test needs, over HTTP where the API can."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES, digest, new_key

_number = itertools.count(1)


class Factory:
    """Things of one workspace, as the JSON that the API answers."""

    def __init__(self, client: httpx.AsyncClient, db: Any, workspace_id: UUID) -> None:
        self.client = client
        self.db = db
        self.workspace_id = workspace_id

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    async def tag_group(self, **fields: Any) -> dict[str, Any]:
        return await self._post(
            "/tags/groups", {"name": f"Group {next(_number)}", "color": "#112233", **fields}
        )

    async def tag(self, **fields: Any) -> dict[str, Any]:
        if "tag_group_id" not in fields:
            fields["tag_group_id"] = (await self.tag_group())["id"]
        body = {"name": f"Tag {next(_number)}", "color": "#445566", "icon": "Notepad"}
        return await self._post("/tags", {**body, **fields})

    async def contact(self, **fields: Any) -> dict[str, Any]:
        return await self._post("/contacts", {"email": f"c{next(_number)}@mail.example", **fields})

    async def company(self, **fields: Any) -> dict[str, Any]:
        return await self._post("/companies", {"name": f"Company {next(_number)}", **fields})

    async def project(self, **fields: Any) -> dict[str, Any]:
        team = (await self.client.get("/me")).json()["default_linear_team_id"]
        body = {"name": f"Project {next(_number)}", "team_id": team}
        return await self._post("/projects", {**body, **fields})

    async def thread(self, **fields: Any) -> dict[str, Any]:
        body = {"text": f"<p>Words {next(_number)}</p>", "pain_level": "LOW"}
        body |= {"contact_email": f"t{next(_number)}@mail.example"}
        return await self._post("/threads", {**body, **fields})

    async def message(self, thread_id: str, **fields: Any) -> dict[str, Any]:
        return await self._post(
            f"/threads/{thread_id}/messages",
            {"content": f"<p>Answer {next(_number)}</p>", **fields},
        )

    async def issue(self, **fields: Any) -> str:
        """The id of an issue; there is no endpoint for them yet."""
        return str(
            await self.db.fetchval(
                "insert into issues (workspace_id, id, team_id, state_id, title, created_at,"
                " updated_at) select $1, $2, s.team_id, s.id, $3, $4, $4 from workflow_states s"
                " where s.workspace_id = $1 limit 1 returning id",
                self.workspace_id,
                new_id(),
                fields.get("title", f"Issue {next(_number)}"),
                datetime.now(UTC),
            )
        )

    async def member(self, **fields: Any) -> str:
        """The id of a member."""
        return await self.insert_member(self.db, self.workspace_id, **fields)

    async def key(self, scopes: Iterable[str] = SCOPES, member_id: str | None = None) -> str:
        """A key."""
        made = await self.insert_key(self.db, self.workspace_id, scopes, member_id)
        return made["key"]

    @staticmethod
    async def insert_member(db: Any, workspace_id: UUID, role: str = "USER", **fields: Any) -> str:
        number = next(_number)
        email = fields.get("email", f"m{number}@team.example")
        return str(
            await db.fetchval(
                "insert into members (workspace_id, id, email, name, role, joined_at)"
                " values ($1, $2, $3, $4, $5, $6) returning id",
                workspace_id,
                new_id(),
                email,
                fields.get("name", f"Member {number}"),
                role,
                datetime.now(UTC),
            )
        )

    @staticmethod
    async def insert_key(
        db: Any, workspace_id: UUID, scopes: Iterable[str], member_id: str | None
    ) -> dict[str, str]:
        key, id = new_key(), new_id()
        await db.execute(
            "insert into api_keys (workspace_id, id, hash, prefix, scopes, member_id, created_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            workspace_id,
            id,
            digest(key),
            key[:9],
            list(scopes),
            UUID(member_id) if member_id else None,
            datetime.now(UTC),
        )
        return {"id": str(id), "key": key}
