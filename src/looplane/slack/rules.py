"""Where a token is sealed for, and what Slack's refusals mean to people. Pure."""

from uuid import UUID

DELETED = "The connection to Slack was deleted."
_HELP = {
    "account_inactive": "the app was removed from the Slack workspace; install it again",
    "channel_not_found": "there is no such channel, or the app cannot see it; invite the app to it",
    "invalid_auth": "the token is wrong; copy the bot's token from the app's page once more",
    "is_archived": "the channel is archived; choose another one",
    "missing_scope": "the app lacks one of the scopes chat:write, users:read, users:read.email;"
    " add it, and install the app again",
    "not_authed": "the token is missing",
    "not_in_channel": "the app is not a member of the channel; invite it there",
    "ratelimited": "Slack takes no more for a moment; try again",
    "users_not_found": "nobody there has this address; the member may have another one in Slack",
    "token_expired": "the token has expired; copy the new one",
    "token_revoked": "the token was revoked; install the app again, and copy the new one",
}


def place_of_token(workspace_id: UUID) -> str:
    """Where a token is kept, as it is sealed for."""
    return f"slack_connections.token/{workspace_id}"


def explain(error: str) -> str:
    """What Slack's word for a refusal means, as a sentence."""
    if error.endswith("."):
        return error
    return f"Slack says {error}: {_HELP[error]}." if error in _HELP else f"Slack says {error}."
