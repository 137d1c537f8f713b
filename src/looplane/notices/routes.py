"""HTTP: what a member is told, and what they want to be told."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.writes import Read, Write
from looplane.notices import commands
from looplane.notices.schemas import NoticePage, NoticeQuery, NoticesRead, NoticesReadOut
from looplane.notices.settings import commands as settings
from looplane.notices.settings.schemas import NoticeSettingsOut, NoticeSettingsPatch

api = Api("notices", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE, "threads:read")]
Writing = Annotated[Write, require_scopes(SESSION_SCOPE, "threads:read")]


@api.get("/notices", "notices-list", NoticePage)
async def list_notices(query: Annotated[NoticeQuery, Query()], read: Reading) -> Response:
    """List what you are told, newest first; it is kept for 90 days."""
    return await read(commands.list_notices, query)


@api.post("/notices/read", "notices-read", NoticesReadOut)
async def read_notices(body: NoticesRead, write: Writing) -> Response:
    """Mark some of your notices as read, or all of them."""
    return await write(commands.read_notices, body)


@api.get("/notice-settings", "notices-getSettings", NoticeSettingsOut)
async def get_notice_settings(read: Reading) -> Response:
    """Get by what you are told of what, and when you are left alone."""
    return await read(settings.get_settings)


@api.patch("/notice-settings", "notices-updateSettings", NoticeSettingsOut)
async def update_notice_settings(patch: NoticeSettingsPatch, write: Writing) -> Response:
    """Change by what you are told of what, and when you are left alone.

    Within quiet hours mail and Slack wait until they end; what the inbox shows is there at once.
    """
    return await write(settings.update_settings, patch)
