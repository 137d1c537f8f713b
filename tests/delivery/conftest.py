"""Nothing is due but what a test makes."""

from typing import Any

import pytest


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await db.execute(
        "update deliveries set state = 'canceled', next_attempt_at = null"
        " where state in ('planned', 'queued')"
    )
