"""What mends deliveries, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from looplane.deliveries.schemas import DeliveryFilter
from looplane.kit.schema import (
    MAX_REFERENCES,
    Count,
    Reference,
    StrictModel,
    Text,
    at_most_items,
    optional,
)

# Deliveries that one request takes by a filter.
MAX_MENDED = 500
_MAX_CURSOR_LENGTH = 4000
_Cursor = Annotated[Text, Field(max_length=_MAX_CURSOR_LENGTH)]
_Ids = Annotated[
    list[Reference],
    at_most_items(MAX_REFERENCES),
    Field(min_length=1, json_schema_extra={"maxItems": MAX_REFERENCES}),
]
_OF_IDS = "Deliveries, each of which counts once. Not with `filter`."
_OF_FILTER = f"At least one condition; up to {MAX_MENDED} deliveries, the oldest first."
_OF_CURSOR = "Of the answer before, with the same filter, where that had more."
_OF_AGAIN = "Also what was delivered: then it is sent once more, with the same id of its event."


class DeliveryRetry(StrictModel):
    again: bool = Field(default=False, description=_OF_AGAIN)


class RetriedFilter(DeliveryFilter):
    """Which deliveries are tried again."""

    state: Literal["dead", "canceled", "queued"] = Field(
        default="dead", description="`queued`: those that wait for their next attempt."
    )


class CanceledFilter(DeliveryFilter):
    """Which queued deliveries are canceled."""


class _OneOrTheOther(StrictModel):
    @model_validator(mode="after")
    def _names_some(self) -> "_OneOrTheOther":
        sent = self.model_fields_set
        if len(sent & {"delivery_ids", "filter"}) != 1:
            msg = "delivery_ids, filter: give one of the two"
            raise ValueError(msg)
        chosen: DeliveryFilter | None = getattr(self, "filter", None)
        if chosen is not None and not chosen.model_fields_set - {"state"}:
            msg = "filter: must have at least one condition beside the state"
            raise ValueError(msg)
        if "cursor" in sent and chosen is None:
            msg = "cursor: must be sent beside the filter that it belongs to"
            raise ValueError(msg)
        return self


class DeliveryBulkRetry(_OneOrTheOther):
    delivery_ids: _Ids = optional(_OF_IDS)
    filter: RetriedFilter = optional(_OF_FILTER)
    cursor: _Cursor = optional(_OF_CURSOR)
    again: bool = Field(default=False, description=f"{_OF_AGAIN} With `delivery_ids` alone.")


class DeliveryBulkCancel(_OneOrTheOther):
    delivery_ids: _Ids = optional(_OF_IDS)
    filter: CanceledFilter = optional(_OF_FILTER)
    cursor: _Cursor = optional(_OF_CURSOR)


class DeliveryBulkOut(StrictModel):
    changed: Annotated[Count, Field(description="How many are retried or canceled by this.")]
    unchanged: Annotated[
        Count, Field(description="How many were in a state in which there is nothing to do.")
    ]
    cursor: Annotated[
        str | None,
        Field(description="For the next request, where the filter has more; null at its end."),
    ]
