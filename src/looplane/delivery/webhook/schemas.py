"""What a request to a webhook is made of."""

from dataclasses import dataclass, field

from looplane.webhooks.schemas import SignatureStyle


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """What is sent to where; each of `secrets` signs it, the newest first."""

    url: str
    style: SignatureStyle
    body: bytes
    secrets: tuple[str, ...] = field(repr=False)
