"""Keys on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from looplane.kit.keys import SCOPES
from looplane.kit.networks import parse_network, spell_network
from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import (
    Moment,
    Name,
    Reference,
    StrictModel,
    Text,
    Timestamp,
    at_most_items,
    optional,
)

# Who acts by a key, as events say it.
KeyKind = Literal["person", "program", "ai"]


def _known(text: str) -> str:
    if text not in SCOPES:
        msg = "must be a scope such as threads:read; the contract has all of them"
        raise ValueError(msg)
    return text


Scope = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*SCOPES]})]
Scopes = Annotated[
    list[Scope],
    at_most_items(len(SCOPES)),
    Field(min_length=1, json_schema_extra={"maxItems": len(SCOPES)}),
]
_MAX_NETWORKS = 100


def _spelled(text: str) -> str:
    try:
        return spell_network(parse_network(text))
    except ValueError:
        msg = "must be an address such as 203.0.113.7, or a range such as 203.0.113.0/24"
        raise ValueError(msg) from None


AllowedIps = Annotated[
    list[
        Annotated[
            Text,
            AfterValidator(_spelled),
            Field(json_schema_extra={"pattern": "^[0-9A-Fa-f.:]+(/[0-9]+)?$"}),
        ]
    ],
    at_most_items(_MAX_NETWORKS),
    Field(
        description="Addresses and ranges (CIDR) of IPv4 and IPv6 from which the key may be used; "
        "with none of them, from everywhere.",
        json_schema_extra={"maxItems": _MAX_NETWORKS},
    ),
]
_OF_EXPIRY = Field(description="From then on the key opens nothing; null: it does not expire.")


class MeOut(StrictModel):
    workspace_id: str
    api_key_id: str
    scopes: list[str]
    linear_team_ids: list[str]
    default_linear_team_id: str | None


class KeyOut(StrictModel):
    id: str
    label: str | None
    prefix: Annotated[str, Field(description="The first characters, to tell keys apart.")]
    kind: KeyKind
    scopes: list[str]
    member_id: str | None
    expires_at: Timestamp | None
    last_used_at: Annotated[Timestamp | None, Field(description="Up to a minute late.")]
    allowed_ips: list[str]
    created_at: Timestamp
    updated_at: Timestamp
    revoked_at: Timestamp | None


class NewKeyOut(KeyOut):
    key: Annotated[
        str | None,
        Field(
            description="The whole key. It is shown in the answer that made it, and is null where "
            "that is rehearsed or given again."
        ),
    ]


KeyPage = page_of(KeyOut)


class KeyCreate(StrictModel):
    scopes: Scopes
    label: Name | None = None
    kind: KeyKind = Field(default="program", description="Who acts by the key, as events tell it.")
    member_id: Annotated[
        Reference | None, Field(description="For whom the key acts; null: for nobody.")
    ] = None
    expires_at: Annotated[Moment | None, _OF_EXPIRY] = None
    allowed_ips: AllowedIps = Field(default_factory=list)


class KeyPatch(StrictModel):
    label: Name | None = None
    scopes: Scopes = optional()
    expires_at: Annotated[Moment | None, _OF_EXPIRY] = None
    allowed_ips: AllowedIps = optional()


class KeyQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""
