"""How often something may be guessed at. Pure."""

import math
from datetime import datetime, timedelta

from looplane.kit.errors import RateLimited

# So many tries have no pause between them; then it doubles from try to try.
FREE = 5
FIRST_PAUSE = timedelta(seconds=15)
# Not longer, so that nobody keeps the owner out for ever; a mailed link waits for none of it.
LONGEST_PAUSE = timedelta(minutes=15)
# Tries are forgotten after so long without one.
FORGOTTEN_AFTER = timedelta(days=1)


def refused(until: datetime, now: datetime) -> RateLimited:
    """The error for a try before the pause has ended."""
    return RateLimited(max(1, math.ceil((until - now).total_seconds())), "sign_in")
