"""A Slack of our own, and the channel that posts there."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from looplane.delivery.slack.commands import SlackChannel
from looplane.kit.secrets import Secrets
from looplane.kit.slack_api import SlackApi
from tests.slack.server import Slack, slack_server
from tests.unlimited import UNLIMITED


@pytest.fixture
async def slack(app: Any) -> AsyncIterator[Slack]:
    """What the application calls in place of Slack."""
    state = app._api.state  # noqa: SLF001  # the edge of the network
    before = state.slack
    async with slack_server() as server:
        state.slack = SlackApi(server.address)
        yield server
    state.slack = before


@pytest.fixture
def channel(slack: Slack) -> SlackChannel:
    return SlackChannel(Secrets(UNLIMITED), SlackApi(slack.address))
