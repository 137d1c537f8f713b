"""Makes the things a test needs, over HTTP where the API can."""

import itertools
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from looplane.caught_mail.commands import NewCaughtMail, catch, let_go
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES, digest, new_key
from looplane.kit.principal import Principal
from looplane.mailboxes.bounces.sql import INSERT_BOUNCED_ADDRESS
from looplane.members.commands import create_member
from looplane.members.schemas import Role

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

    async def blocked_sender(self, **fields: Any) -> dict[str, Any]:
        body = {"type": "EMAIL", "value": f"b{next(_number)}@spam.example"}
        return await self._post("/contacts/blocked-senders", {**body, **fields})

    async def slack_connection(self, **fields: Any) -> dict[str, Any]:
        body = {"token": f"xoxb-{next(_number):010}", "notification_channel": "C0TEAM"}
        return await self._post("/slack/connections", {**body, **fields})

    async def project(self, **fields: Any) -> dict[str, Any]:
        team = (await self.client.get("/me")).json()["default_linear_team_id"]
        body = {"name": f"Project {next(_number)}", "team_id": team}
        return await self._post("/projects", {**body, **fields})

    async def thread(self, **fields: Any) -> dict[str, Any]:
        body = {"text": f"<p>Words {next(_number)}</p>", "pain_level": "LOW"}
        body |= {"contact_email": f"t{next(_number)}@mail.example"}
        return await self._post("/threads", {**body, **fields})

    async def view(self, **fields: Any) -> dict[str, Any]:
        """A shared one, unless `fields` say otherwise."""
        body = {"name": f"View {next(_number)}", "is_shared": True, "filters": {"tab": "open"}}
        return await self._post("/views", {**body, **fields})

    async def message(self, thread_id: str, **fields: Any) -> dict[str, Any]:
        return await self._post(
            f"/threads/{thread_id}/messages",
            {"content": f"<p>Answer {next(_number)}</p>", **fields},
        )

    async def comment(self, thread_id: str, **fields: Any) -> dict[str, Any]:
        body = {"content": f"<p>Among us {next(_number)}</p>", **fields}
        return await self._post(f"/threads/{thread_id}/comments", body)

    async def snippet_folder(self, **fields: Any) -> dict[str, Any]:
        return await self._post("/snippets/folders", {"name": f"Folder {next(_number)}", **fields})

    async def snippet(self, **fields: Any) -> dict[str, Any]:
        if "folder_id" not in fields:
            fields["folder_id"] = (await self.snippet_folder())["id"]
        number = next(_number)
        body = {"title": f"Snippet {number}", "html": f"<p>Reply {number}</p>"}
        return await self._post("/snippets", {**body, **fields})

    async def issue(self, **fields: Any) -> dict[str, Any]:
        """In the first state of its team unless `fields` say otherwise."""
        team = fields.get("team_id")
        team = team or (await self.client.get("/me")).json()["default_linear_team_id"]
        body = {"title": f"Issue {next(_number)}", "team_id": team, "priority": 0}
        if "state_id" not in fields:
            asked = {"team_id": team}
            states = await self.client.get("/issues/workflow-states", params=asked)
            body["state_id"] = states.json()["data"][0]["id"]
        return await self._post("/issues", {**body, **fields})

    async def changelog_tag(self, **fields: Any) -> dict[str, Any]:
        body = {"name": f"Changelog tag {next(_number)}", "color": "#778899"}
        return await self._post("/changelog-tags", {**body, **fields})

    async def changelog(self, **fields: Any) -> dict[str, Any]:
        body = {"title": f"Changelog {next(_number)}", "content": f"Words *{next(_number)}*"}
        return await self._post("/changelogs", {**body, **fields})

    async def portal_instance(self, **fields: Any) -> dict[str, Any]:
        number = next(_number)
        body = {"name": f"Portal {number}", "slug": f"portal-{number}"}
        return await self._post("/portal/instances", {**body, **fields})

    async def doc_group(self, **fields: Any) -> dict[str, Any]:
        return await self._post("/docs/groups", {"name": f"Group {next(_number)}", **fields})

    async def doc_article(self, **fields: Any) -> dict[str, Any]:
        if "group_id" not in fields:
            fields["group_id"] = (await self.doc_group())["id"]
        number = next(_number)
        body = {"title": f"Article {number}", "content": f"Words *{number}*"}
        return await self._post("/docs/articles", {**body, **fields})

    async def doc_draft(self, **fields: Any) -> dict[str, Any]:
        if fields.get("kind", "edit") == "edit" and not {"title", "content"} & fields.keys():
            fields["title"] = f"Proposed {next(_number)}"
        return await self._post("/docs/drafts", {"kind": "edit", **fields})

    async def webhook(self, **fields: Any) -> dict[str, Any]:
        """With its secret."""
        body = {"url": f"https://receiver{next(_number)}.example/", "events": ["*"]}
        return await self._post("/webhooks", {**body, **fields})

    async def joined_member(self, role: Role = "USER", **fields: Any) -> dict[str, Any]:
        """A member who joined in the usual way, with the event of that."""
        context = Context(Principal(self.workspace_id, "rule", rule="test"), system_clock, "test")
        number = next(_number)
        email = fields.get("email", f"m{number}@team.example")
        name = fields.get("name", f"Member {number}")
        return dict(json.loads((await create_member(self.db, context, email, name, role)).body))

    async def invite(self, **fields: Any) -> dict[str, Any]:
        body = {"email": f"i{next(_number)}@team.example", "name": "Invited", "role": "USER"}
        return await self._post("/members/invites", {**body, **fields})

    async def api_key(self, **fields: Any) -> dict[str, Any]:
        """A key made over the API."""
        return await self._post("/keys", {"scopes": ["tags:read", "admin"], **fields})

    async def mailbox(self, **fields: Any) -> dict[str, Any]:
        """One whose server is nowhere, unless `fields` say otherwise."""
        number = next(_number)
        body = {"name": f"Support {number}", "address": f"support{number}@firm.example"}
        body |= {"smtp_host": "smtp.firm.example"}
        return await self._post("/mailboxes", {**body, "smtp_port": 587, **fields})

    async def caught_mail(self, **fields: Any) -> dict[str, Any]:
        """A mail that was caught; there is no operation for it."""
        mail = NewCaughtMail(
            new_id(),
            fields.get("kind", "invite"),
            "support@firm.example",
            fields.get("recipients", ["somebody@mail.example"]),
            fields.get("subject", "A subject"),
            fields.get("source", b"Subject: A subject\r\n\r\nWords\r\n"),
        )
        now = fields.get("now", system_clock())
        await catch(self.db, self.workspace_id, now, mail)
        await let_go(self.db, self.workspace_id, now)
        return {
            "id": await self.db.fetchval(
                "select id::text from caught_mail where delivery_id = $1", mail.delivery_id
            )
        }

    async def bounced_address(self, **fields: Any) -> dict[str, Any]:
        """An address that mail came back from; there is no operation that says so of one alone."""
        address = fields.get("address", f"gone{next(_number)}@mail.example")
        args = (new_id(), address, fields.get("reason", "550 No such user"), system_clock())
        await self.db.execute(INSERT_BOUNCED_ADDRESS, self.workspace_id, *args)
        return {"id": str(args[0]), "address": address}

    async def file(self, content: bytes = b"Words", **fields: Any) -> dict[str, Any]:
        name, kind = fields.get("name", "words.txt"), fields.get("content_type", "text/plain")
        answer = await self.client.post("/files", files={"file": (name, content, kind)})
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

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
