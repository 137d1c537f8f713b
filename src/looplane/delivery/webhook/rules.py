"""How a request to a webhook is signed, and what an answer means. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from standardwebhooks import Webhook

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.webhook.schemas import WebhookRequest
from looplane.kit.outbound import OutboundRefused, Why
from looplane.kit.text import storable
from looplane.webhooks.rules import spell_event

# Seconds for a request with its answer.
SECONDS = 10.0
MAX_ANSWER = 65_536  # bytes that are read
_MAX_KEPT = 1000  # characters of them
# The target is at fault whatever it is told of: it is busy, or what is called is not there at all.
_OF_TARGET = frozenset(
    {
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
        *(HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED),
        *(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS),
    }
)
_ASKS_FOR_TIME = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_KEPT_HEADERS = ("content-type", "location", "retry-after")
_MAX_HEADER = 200  # characters
_REASONS: Mapping[Why, str] = {
    "unreachable": "The address cannot be reached.",
    "late": f"It did not answer within {SECONDS:.0f} s.",
    "cut_off": "The connection ended before the answer was whole.",
    "certificate": "Its certificate is not valid for this name, or not signed by who is trusted.",
}


def headers_of(
    request: WebhookRequest, delivery: DueDelivery, event_type: str, now: datetime
) -> dict[str, str]:
    """The headers of one attempt, signed with each secret."""
    common = {"Content-Type": "application/json"}
    if request.style == "productlane":
        return common | _productlane(request, delivery, event_type, now)
    return common | _standard(request, delivery, now)


def _standard(request: WebhookRequest, delivery: DueDelivery, now: datetime) -> dict[str, str]:
    id, text = spell_event(delivery.event_id), request.body.decode()
    signatures = [Webhook(each).sign(id, now, text) for each in request.secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _productlane(
    request: WebhookRequest, delivery: DueDelivery, event_type: str, now: datetime
) -> dict[str, str]:
    moment = str(int(now.timestamp()))
    signed = moment.encode() + b"." + request.body
    signatures = [
        hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in request.secrets
    ]
    return {
        "Productlane-Signature": ",".join([f"t={moment}", *(f"v1={each}" for each in signatures)]),
        "Productlane-Event": event_type,
        "Productlane-Event-Id": spell_event(delivery.event_id),
        "Productlane-Delivery-Id": f"{delivery.id}-{delivery.attempt}",
        "Productlane-Webhook-Id": delivery.target,
    }


def without_secrets(request: WebhookRequest, headers: Mapping[str, str]) -> dict[str, Any]:
    """A request as it is kept for people to read."""
    shown = {name: text for name, text in headers.items() if "signature" not in name.lower()}
    return {"method": "POST", "url": request.url, "headers": shown, "bytes": len(request.body)}


def not_answered(refused: OutboundRefused) -> Attempted:
    """What an attempt came to that had no answer."""
    reason = _REASONS.get(refused.why, str(refused))
    return Attempted("failed", reason, is_target_down=True)


def judge(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Attempted:
    """What an answer means."""
    known = [each.phrase for each in HTTPStatus if each == status]
    named = " ".join([str(status), *known])
    attempted = _judge(status, named)
    if status in _ASKS_FOR_TIME:
        after = retry_after(headers.get("retry-after", ""), now)
        attempted = replace(attempted, retry_after=after)
    return replace(attempted, answer=_kept(status, headers, body))


def _judge(status: int, named: str) -> Attempted:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Attempted("delivered")
    if status == HTTPStatus.GONE:
        return Attempted("refused", f"It answered {named}: the webhook is disabled.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        reason = f"It answered {named}; redirects are not followed."
        return Attempted("failed", reason, is_target_down=True)
    is_down = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _OF_TARGET
    return Attempted("failed", f"It answered {named}.", is_target_down=is_down)


def _kept(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    kept = {
        name: storable(headers[name])[:_MAX_HEADER] for name in _KEPT_HEADERS if name in headers
    }
    text = storable(body.decode(errors="replace"))[:_MAX_KEPT]
    return {"status": status, "headers": kept, "text": text}


def retry_after(text: str, now: datetime) -> timedelta | None:
    """How long a `Retry-After` asks to wait, as seconds or as a date; None where it does not."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
        # What has no zone, or -0000, is meant as UTC.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(moment - now, timedelta())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
