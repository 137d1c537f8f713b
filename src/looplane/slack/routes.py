"""HTTP: the connection to Slack."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import queries
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.slack import commands
from looplane.slack.schemas import (
    SlackConnectionCreate,
    SlackConnectionOut,
    SlackConnectionPage,
    SlackConnectionPatch,
    SlackConnectionQuery,
    SlackTest,
    SlackTestOut,
)
from looplane.slack.sql import SLACK_CONNECTION

api = Api("slack")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/slack/connections", "slackConnections-list", SlackConnectionPage)
async def list_slack_connections(
    query: Annotated[SlackConnectionQuery, Query()], read: Reading
) -> Response:
    """List the connections to Slack; it is the newest that is used."""
    return await read(queries.list_page, SLACK_CONNECTION, query)


@api.post("/slack/connections", "slackConnections-create", SlackConnectionOut)
async def create_slack_connection(body: SlackConnectionCreate, write: Writing) -> Response:
    """Connect the workspace to Slack; of several connections the newest is used.

    Then answers leave by Slack in threads that came by it, and the team is told in a channel. The
    token is kept sealed, and shown by no answer.
    """
    return await commands.create_slack_connection(write, body)


@api.get("/slack/connections/{id}", "slackConnections-get", SlackConnectionOut)
async def get_slack_connection(id: Id, read: Reading) -> Response:
    """Get the connection to Slack; never its token."""
    return await read(queries.get, SLACK_CONNECTION, id)


@api.patch("/slack/connections/{id}", "slackConnections-update", SlackConnectionOut)
async def update_slack_connection(id: Id, patch: SlackConnectionPatch, write: Writing) -> Response:
    """Update the connection to Slack: its token, or where it posts."""
    return await commands.update_slack_connection(write, id, patch)


@api.delete("/slack/connections/{id}", "slackConnections-delete", DeleteResult)
async def delete_slack_connection(id: Id, write: Writing) -> Response:
    """Delete a connection to Slack; with the last one, what waits for it is canceled."""
    return await write(commands.delete_slack_connection, id)


@api.post("/slack/connections/{id}/test", "slackConnections-test", SlackTestOut)
async def test_slack_connection(id: Id, body: SlackTest, write: Writing) -> Response:
    """Try the connection: who the token is, and with a channel, whether it can post there.

    It is answered with 200 whatever Slack says, and `reason` says what is wrong.
    """
    return await commands.test_slack_connection(write, id, body)
