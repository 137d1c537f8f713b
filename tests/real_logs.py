"""The logs as a program writes them."""

import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog

from looplane.kit import failures, request_log
from looplane.kit.logs import set_up_logs


@contextmanager
def real_logs(level: str, form: str) -> Iterator[Callable[[], str]]:
    """Sets them up while this lasts; says all that was logged."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    root, wire = logging.getLogger(), logging.getLogger("httpx")
    levels = root.level, wire.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setattr(root, "handlers", [])
        # A logger keeps what it was set up with; these are thrown away with the test.
        for module in (request_log, failures):
            patch.setattr(module, "_log", structlog.get_logger("looplane.http"))
        set_up_logs(level, form)
        wire.setLevel(logging.WARNING)  # the other side
        try:
            yield lambda: stream.buffer.getvalue().decode()
        finally:
            structlog.reset_defaults()
            root.setLevel(levels[0])
            wire.setLevel(levels[1])
