"""When what did not go is tried again, and what can be done about it. Pure."""

from datetime import timedelta

from looplane.deliveries.schemas import DeliveryState

# How long to wait after each attempt that failed; after the last one nothing more is tried.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60))


def retry_refusal(state: DeliveryState, *, is_erased: bool, again: bool) -> str | None:
    """Why a delivery cannot be tried again, if it cannot."""
    if is_erased:
        return "What it told of was erased, and to whom it went: nothing is left to send."
    if state == "delivered" and not again:
        return "It was delivered already; with `again` it is sent once more."
    return None


def cancel_refusal(state: DeliveryState) -> str | None:
    """Why a delivery cannot be canceled, if it cannot."""
    if state == "delivered":
        return "It was delivered already, and nothing takes that back."
    if state == "dead":
        return "It is dead: nothing more is tried, so that there is nothing to cancel."
    return None
