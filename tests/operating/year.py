"""An operator who pastes all that stands in the chapters, in a checkout of their own."""

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.environments import plain_environ
from tests.operating.pages import Block
from tests.processes import PATIENCE, free_port

# What stands in the pages for what only the reader knows.
PLACEHOLDER = "postgresql://user:password@host/looplane"
_ADDRESS = "127.0.0.1:8000"
_STARTS = re.compile(r"\b(make run|looplane (serve|api|worker))\b")
# What runs this test.
_OF_THIS = ["make", "test"]
_READY = "Ctrl-C stops everything."
# Runs what is pasted, and keeps what it exports for what is pasted next.
_SHELL = """set -euo pipefail
[ ! -e .exported ] || . ./.exported
export LOOPLANE_PORT="$0"
eval "$1"
export -p > .exported"""


class Failed(AssertionError):
    """A command did not do what its page has it for."""


@dataclass
class Server:
    """What a terminal runs until Ctrl-C."""

    popen: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def stop(self) -> None:
        """Ctrl-C, which reaches all that the terminal runs."""
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGINT)
        end = time.monotonic() + PATIENCE
        # The shell may end before what it ran does.
        while self._runs() and time.monotonic() < end:
            time.sleep(0.05)
        if self._runs():
            os.killpg(self.popen.pid, signal.SIGTERM)
        if "Traceback" in self.said():
            raise Failed(self.said())

    def _runs(self) -> bool:
        self.popen.poll()
        try:
            os.killpg(self.popen.pid, 0)
        except ProcessLookupError:
            return False
        return True


@dataclass
class Reader:
    """A checkout of theirs, and the servers that run in it."""

    checkout: Path
    port: int = field(default_factory=free_port)
    servers: list[Server] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return plain_environ() | {"PYTHON": "./python3"}

    def typed(self, text: str, url: str) -> str:
        """A command as the reader types it, with what is theirs in place of what stands for it."""
        return text.replace(PLACEHOLDER, url).replace(_ADDRESS, f"127.0.0.1:{self.port}")

    def paste(self, text: str, answers: str = "") -> str:
        """What the commands print. Raises Failed for any other exit code than 0."""
        done = subprocess.run(
            ["bash", "-c", _SHELL, str(self.port), text],
            cwd=self.checkout,
            env=self.environment(),
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            msg = f"{text}\nexit code {done.returncode}\n{done.stdout}{done.stderr}"
            raise Failed(msg)
        return done.stdout + done.stderr

    def start(self, text: str) -> Server:
        """Runs what goes on until Ctrl-C, and waits until it is ready. Raises Failed."""
        descriptor, name = tempfile.mkstemp(prefix="terminal-", dir=self.checkout.parent)
        popen = subprocess.Popen(
            ["bash", "-c", _SHELL, str(self.port), text],
            cwd=self.checkout,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
        os.close(descriptor)
        server = Server(popen, Path(name))
        self.servers.append(server)
        end = time.monotonic() + 2 * PATIENCE
        while _READY not in server.said():
            if popen.poll() is not None or time.monotonic() > end:
                msg = f"{text}\nit is not ready\n{server.said()}"
                raise Failed(msg)
            time.sleep(0.05)
        return server

    def follow(self, block: Block, url: str, answers: str = "") -> str:
        """Pastes a block; what goes on until Ctrl-C gets a terminal of its own."""
        lines = [each for each in block.text.splitlines() if each.split()[:2] != _OF_THIS]
        going_on = [each for each in lines if _STARTS.search(each)]
        others = [each for each in lines if each not in going_on]
        said = self.paste(self.typed("\n".join(others), url), answers) if any(others) else ""
        for each in going_on:
            said += self.start(self.typed(each, url)).said()
        return said

    def stop_all(self) -> None:
        while self.servers:
            self.servers.pop().stop()
