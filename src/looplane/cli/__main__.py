"""Starts the command `looplane`, also as `python -m looplane.cli`."""

import gc
import importlib
import io
import os
import signal
import sys
from types import FrameType


def _end_as_by_ctrl_c(number: int, frame: FrameType | None) -> None:
    """So a backup leaves no part of itself, and a database that was started for it is stopped."""
    handler = signal.getsignal(signal.SIGINT)  # asyncio has its own, which cancels what runs
    (handler if callable(handler) else signal.default_int_handler)(number, frame)


def main() -> int:
    """Runs the command line; its exit code is that of `looplane.cli.app.main`."""
    # What is loaded stays: looking through it for what may go takes a sixth of the start.
    gc.disable()
    signal.signal(signal.SIGTERM, _end_as_by_ctrl_c)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed; the next file would have its number
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As standard error does: what the locale has no sign for stops no command half-way.
        sys.stdout.reconfigure(errors="backslashreplace")
    app = importlib.import_module("looplane.cli.app")
    gc.freeze()
    gc.enable()
    return int(app.main())


if __name__ == "__main__":
    sys.exit(main())
