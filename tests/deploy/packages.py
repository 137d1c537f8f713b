"""Looplane built, installed where nothing else of it is, and started as its unit has it."""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from looplane.kit.embedded_pg.system_account import system_account
from tests.deploy.tools import UNIT, calls_of, running, takes_requests
from tests.environments import copy_checkout, make_environment, plain_environ
from tests.processes import free_port
from tests.system_packages import find

PAGE = "<!doctype html><title>The inbox, as it was built</title>"
SCRIPT = "assets/inbox-0a1b2c3d.js"
_CONFINED = str(Path(__file__).with_name("confined.py"))


@dataclass(frozen=True)
class Deployed:
    """An installed Looplane that runs; `limits` are those that its process is under."""

    port: int
    home: Path
    log: Path
    limits: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        """One of its demo."""
        [key] = re.findall(r"(?m)^export KEY=(\S+)$", self.log.read_text())
        return str(key)


def build(sources: Path, *targets: str) -> None:
    """What `make wheel` does, once there is an inbox."""
    words = [word for target in targets for word in ("-t", target)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *words],
        cwd=sources,
        env=plain_environ(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def wheel_of(sources: Path) -> Path:
    """The one that was built there."""
    [path] = (sources / "dist").glob("*.whl")
    return path


def contents(wheel: Path) -> dict[str, bytes]:
    """Its files, by their names."""
    with ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def built_checkout(folder: Path) -> Path:
    """A checkout with an inbox, from which a wheel and an sdist were made."""
    sources = copy_checkout(folder)
    for name, text in (("index.html", PAGE), (SCRIPT, "export {};\n")):
        path = sources / "web/dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (sources / "web/.gitignore").write_text("dist/\n")
    build(sources, "sdist", "wheel")
    return sources


def install(wheel: Path, folder: Path) -> Path:
    """Installs it into a new environment; the command."""
    python = make_environment(folder)
    words = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    command = [str(python), *words, str(wheel)]
    subprocess.run(command, check=True, env=plain_environ(), cwd="/", capture_output=True)
    return python.with_name("looplane")


@asynccontextmanager
async def deployed(looplane: Path, folder: Path) -> AsyncIterator[Deployed]:
    """`looplane serve` with an empty home, as a unit would run it where there is systemd."""
    account = system_account() if os.geteuid() == 0 else None
    uid, gid = (account.pw_uid, account.pw_gid) if account else (os.getuid(), os.getgid())
    home, log, port = folder / "home", folder / "log", free_port()
    home.mkdir(mode=0o700)
    os.chown(home, uid, gid)
    env = plain_environ() | {"HOME": str(home), "LOOPLANE_PORT": str(port)}
    env |= {"LOOPLANE_TRUSTED_PROXIES": "127.0.0.1", "LOOPLANE_LOG_LEVEL": "warning"}
    command = [str(looplane), "serve"]
    if find("systemd-analyze"):
        calls = calls_of(UNIT)
        command = [sys.executable, _CONFINED, str(uid), str(gid), *calls, "--", *command]
    with running(command, log, env) as process:
        await takes_requests(process, log, port)
        yield Deployed(port, home, log, _limits_of(process.pid))
    assert process.returncode == 0, log.read_text()
    assert not re.search("Traceback|not permitted", log.read_text())


def _limits_of(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/status").read_text()
    return dict(re.findall(r"(?m)^(Seccomp|NoNewPrivs):\s+(\d)$", text))
