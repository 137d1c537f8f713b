"""A real browser without a window."""

import asyncio
import os
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from signal import SIGKILL

from tests import system_packages

# It asks nobody but the page's own servers, and keeps nothing.
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Where the browser is, if there is one."""
    return next(filter(None, map(system_packages.find, system_packages.BROWSERS)), None)


@asynccontextmanager
async def browser_at(url: str) -> AsyncIterator[None]:
    """A browser that shows `url`, as long as this lasts."""
    program = find_browser()
    assert program is not None, "install chromium, or run `make tools` as root"
    with tempfile.TemporaryDirectory(
        prefix="looplane-browser-", ignore_cleanup_errors=True
    ) as home:
        # Root has no sandbox to go into.
        flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        process = await asyncio.create_subprocess_exec(
            *(program, *flags, f"--user-data-dir={home}", url),
            stdout=DEVNULL,
            stderr=DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)  # the processes it has made, too
            await process.wait()
