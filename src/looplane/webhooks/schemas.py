"""Webhooks on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from looplane.deliveries.schemas import DeliveryOut, DeliveryState
from looplane.kit.outbound import address_fault
from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import (
    MAX_URL_LENGTH,
    Count,
    Moment,
    Name,
    References,
    StrictModel,
    Text,
    Timestamp,
    WebUrl,
    at_most_items,
    optional,
)

WebhookStatus = Literal["active", "paused", "disabled"]
# How requests are signed, and what their headers are called.
SignatureStyle = Literal["standard", "productlane"]
_MAX_PATTERNS = 100
_MAX_PATTERN_LENGTH = 100
_MAX_FORMER_HOURS = 720
_URL_PATTERN = r"^https?://[^/?#@\s\\<>\"]+([/?][^#\s\\<>\"]*)?$"


def _check_target(url: str) -> str:
    if "#" in url:
        msg = "must have no fragment, which starts with #"
        raise ValueError(msg)
    if (fault := address_fault(url)) is not None:
        raise ValueError(fault)
    return url


TargetUrl = Annotated[
    WebUrl,
    AfterValidator(_check_target),
    Field(
        max_length=MAX_URL_LENGTH,
        json_schema_extra={"pattern": _URL_PATTERN},
        description="Where it is told, by POST. An address inside the operator's network is not "
        "reached, unless the operator allows it.",
    ),
]
Pattern = Annotated[Text, Field(min_length=1, max_length=_MAX_PATTERN_LENGTH)]
Patterns = Annotated[
    list[Pattern],
    at_most_items(_MAX_PATTERNS),
    Field(
        min_length=1,
        json_schema_extra={"maxItems": _MAX_PATTERNS},
        description="Of what it is told: a type of event, such as `thread.created`; all of a noun, "
        "`thread.*`; or all, `*`.",
    ),
]
_OF_STYLE = (
    "`standard`: the headers of Standard Webhooks. `productlane`: those of the Productlane API, so "
    "that a receiver written for it goes on working."
)


class WebhookOut(StrictModel):
    id: str
    url: str
    label: str | None
    events: list[str]
    style: Annotated[SignatureStyle, Field(description=_OF_STYLE)]
    status: Annotated[
        WebhookStatus,
        Field(
            description="`paused`: it failed for five days; what is for it waits. `disabled`: it "
            "answered 410, or was turned off; what happens meanwhile is not for it."
        ),
    ]
    status_reason: Annotated[
        str | None, Field(description="Why it is not active, where nobody turned it off.")
    ]
    former_secret_until: Annotated[
        Timestamp | None, Field(description="Until then the secret before this one signs as well.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class NewWebhookOut(WebhookOut):
    secret: Annotated[
        str | None,
        Field(
            description="What it signs with. It is shown in the answer that made it, and is null "
            "where that is rehearsed or given again."
        ),
    ]


WebhookPage = page_of(WebhookOut)


class WebhookCreate(StrictModel):
    url: TargetUrl
    label: Name | None = None
    events: Patterns
    style: SignatureStyle = Field(default="standard", description=_OF_STYLE)


class WebhookPatch(StrictModel):
    url: TargetUrl = optional()
    label: Name | None = None
    events: Patterns = optional()
    style: SignatureStyle = optional(_OF_STYLE)
    status: Literal["active", "disabled"] = optional(
        "`active` sends what has waited; `disabled` lets it wait."
    )


class WebhookQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""


class WebhookDeliveryQuery(PageQuery):
    """Which deliveries of a webhook."""

    state: DeliveryState = optional()


class SecretRotation(StrictModel):
    """How long the secret that there is goes on signing beside the new one."""

    former_hours: Annotated[
        int,
        Field(
            ge=0,
            le=_MAX_FORMER_HOURS,
            description="Hours; 0 for a secret that has become known.",
        ),
    ] = 24


class WebhookReplay(StrictModel):
    """What is sent once more: deliveries, events, and those of a span of time; at least one."""

    delivery_ids: References = optional()
    event_ids: References = optional(
        "As events spell them, `evt_` and 32 hexadecimal digits; it need not have been told of "
        "them before."
    )
    created_after: Moment = optional("All that it is told of by its patterns from then on.")
    created_before: Moment = optional("The end of the span; now, where it is left out.")
    cursor: Annotated[Text, Field(max_length=100)] = optional(
        "Of the answer before, where a span has more events than one request replays."
    )

    @model_validator(mode="after")
    def _names_something(self) -> "WebhookReplay":
        sent = self.model_fields_set
        if not sent & {"delivery_ids", "event_ids", "created_after"}:
            msg = "delivery_ids: must be sent, or event_ids, or created_after"
            raise ValueError(msg)
        if sent & {"created_before", "cursor"} and "created_after" not in sent:
            msg = "created_after, created_before, cursor: the last two go with the first"
            raise ValueError(msg)
        return self


class WebhookReplayOut(StrictModel):
    id: str
    replayed: Annotated[Count, Field(description="How many deliveries were queued once more.")]
    waiting: Annotated[Count, Field(description="How many are queued already, and stay as such.")]
    cursor: Annotated[
        str | None,
        Field(description="For the next request, where the span has more; null at its end."),
    ]


class WebhookPingOut(DeliveryOut):
    """The delivery of a test event, which is queued as any other."""
