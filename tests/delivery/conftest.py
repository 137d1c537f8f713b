"""Nothing is due but what a test makes."""

from typing import Any

import pytest

from tests.dispatch import cancel_all


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await cancel_all(db)
