"""docs/deliveries.md names all that an operator may find."""

import re
from pathlib import Path
from typing import get_args

import pytest

from looplane.deliveries.queues.schemas import QueueStatus
from looplane.deliveries.schemas import DeliveryState
from looplane.delivery.schemas import AttemptOutcome

GUIDE = (Path(__file__).parents[2] / "docs" / "deliveries.md").read_text()
SOURCES = Path(__file__).parents[2] / "src" / "looplane" / "delivery"


@pytest.mark.parametrize(
    "word", sorted({*get_args(DeliveryState), *get_args(AttemptOutcome), *get_args(QueueStatus)})
)
def test_each_state_is_explained(word: str) -> None:
    assert word == "active" or f"`{word}`" in GUIDE


def test_each_reason_of_an_attempt_is_explained() -> None:
    files = [SOURCES / "commands.py", *(SOURCES / "webhook").glob("*.py")]
    text = "".join(each.read_text() for each in files)
    found = re.findall(r'"(?:failed|refused)",\s+f?"([^"{]{8,})', text)
    found += re.findall(r'": "((?:The|It|Its) [^"{]{8,})', text)
    assert len(found) >= 5
    for reason in found:
        assert reason[:20] in GUIDE, reason
