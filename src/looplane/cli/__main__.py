"""Starts the command `looplane`, also as `python -m looplane.cli`."""

import gc
import importlib
import io
import signal
import sys


def main() -> int:
    """Runs the command line; its exit code is that of `looplane.cli.app.main`."""
    # What is loaded stays: looking through it for what may go takes a sixth of the start.
    gc.disable()
    # As Ctrl-C: a backup leaves no part of itself, a database that was started for it is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As standard error does: what the locale has no sign for stops no command half-way.
        sys.stdout.reconfigure(errors="backslashreplace")
    app = importlib.import_module("looplane.cli.app")
    gc.freeze()
    gc.enable()
    return int(app.main())


if __name__ == "__main__":
    sys.exit(main())
