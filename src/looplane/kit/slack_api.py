"""Calls of Slack's Web API, and what its errors mean to whoever has something to send."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException, IncompleteRead
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse, WebClient

SECONDS = 10  # for one call
_TOO_MANY = 429
_SERVER_ERROR = 500
_WORD = re.compile("[a-z_]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+", re.IGNORECASE)
_MAX_SAID = 300  # characters of what is no answer of Slack
_UNREACHABLE = "Slack cannot be reached."
_NO_HTTP = "What answers in place of Slack speaks no HTTP; look at LOOPLANE_SLACK_URL and proxies."
_UNREADABLE = "What answered is not Slack's JSON, but perhaps a proxy's page"
# What is wrong with the connection as a whole: nothing else will go by it either.
_OF_CONNECTION = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
# What goes by itself.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)


@dataclass(frozen=True, slots=True)
class SlackReply:
    """What a call came to; `error` is Slack's own word, or a sentence where it said none.

    `is_passing` says that the same call may go through later, and `is_down` that no other would
    now.
    """

    data: Mapping[str, Any]
    error: str | None = None
    is_passing: bool = False
    is_down: bool = False
    retry_after: timedelta | None = None


class SlackApi:
    """Slack's Web API at an address, which is not Slack's own in a test."""

    def __init__(self, address: str) -> None:
        self._address = f"{address.rstrip('/')}/"

    async def call(self, token: str, method: str, **arguments: Any) -> SlackReply:  # noqa: ANN401  # what a method takes
        """One call; whatever becomes of it is a reply. The token is in none of them."""
        # The library has an asynchronous client for another HTTP library only.
        return await asyncio.to_thread(self._call, token, method, arguments)

    def _call(self, token: str, method: str, arguments: Mapping[str, Any]) -> SlackReply:
        client = WebClient(token, self._address, timeout=SECONDS, retry_handlers=[])
        try:
            answer = client.api_call(method, json=dict(arguments))
        except SlackClientError as error:
            response = getattr(error, "response", None)
            if isinstance(response, SlackResponse):
                return _refusal(response)
            return _down(_UNREACHABLE)
        except (ValueError, AttributeError):  # which the library meets in what it cannot read
            return _down(f"{_UNREADABLE}.")
        except IncompleteRead:
            return _down("The answer from Slack broke off.")
        except (OSError, HTTPException) as error:
            no_http = isinstance(error, HTTPException) and not isinstance(error, OSError)
            return _down(_NO_HTTP if no_http else _UNREACHABLE)
        assert isinstance(answer, SlackResponse)
        assert isinstance(answer.data, dict), "an answer that is no JSON is an error"
        return SlackReply(answer.data)


def _down(reason: str, data: Mapping[str, Any] | None = None) -> SlackReply:
    return SlackReply(data or {}, reason, is_passing=True, is_down=True)


def _unreadable(response: SlackResponse) -> SlackReply:
    """What answered is not Slack, or not now: such as a proxy, which says so in HTML."""
    headers = {str(name).lower(): value for name, value in response.headers.items()}
    kind = _MEDIA_TYPE.match(str(headers.get("content-type", "")))
    what = f"HTTP {response.status_code}{f', {kind[0]}' if kind else ''}"
    data = response.data if isinstance(response.data, dict) else {}
    said = {"error": str(data["error"])[:_MAX_SAID]} if data.get("error") else {}
    return _down(f"{_UNREADABLE} ({what}).", said)


def _refusal(response: SlackResponse) -> SlackReply:
    data = response.data if isinstance(response.data, dict) else {}
    error = str(data.get("error") or "")
    if not _WORD.fullmatch(error) and response.status_code != _TOO_MANY:
        return _unreadable(response)
    if response.status_code == _TOO_MANY or error == "ratelimited":
        pause = _seconds(response.headers)
        return SlackReply(data, "ratelimited", is_passing=True, is_down=True, retry_after=pause)
    is_down = response.status_code >= _SERVER_ERROR
    passing = is_down or error in _PASSING or error in _OF_CONNECTION
    return SlackReply(data, error, passing, is_down or error in _OF_CONNECTION)


def _seconds(headers: Mapping[str, Any]) -> timedelta | None:
    named = {str(name).lower(): value for name, value in headers.items()}
    text = str(named.get("retry-after", ""))
    # More digits are no more time than whoever waits would wait.
    return timedelta(seconds=int(text[:9])) if text.isascii() and text.isdigit() else None
