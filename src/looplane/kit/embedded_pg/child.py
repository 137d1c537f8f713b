"""PostgreSQL's programs as children of this process, which do not outlive it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from looplane.kit.embedded_pg.account import Account
from looplane.kit.embedded_pg.errors import EmbeddedError, program_failed
from looplane.kit.embedded_pg.place import Place

LAUNCH = Path(__file__).with_name("launch.py")

Child = subprocess.Popen[bytes]


class Extra(NamedTuple):
    """What a program inherits beside its standard streams."""

    env: Mapping[str, str] = MappingProxyType({})
    descriptors: Sequence[int] = ()


NOTHING = Extra()


def spawn(
    command: Sequence[str],
    account: Account,
    output: int,
    stdin: int = subprocess.DEVNULL,
    extra: Extra = NOTHING,
) -> Child:
    """Start `command` as `account`. Raises EmbeddedError outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        message = "PostgreSQL can only be started from the main thread: it ends with its thread."
        raise EmbeddedError(message)
    wrapper = [os.getpid(), account.uid, account.gid, int(account.closed is not None)]
    return subprocess.Popen(  # noqa: S603 - the words are ours
        [sys.executable, "-I", "-S", str(LAUNCH), *map(str, wrapper), *command],
        stdin=stdin,
        stdout=output,
        stderr=output,
        cwd="/",  # ours may be closed to the account
        env={**_environment(), **extra.env},
        pass_fds=extra.descriptors,
        start_new_session=True,  # Ctrl-C in a terminal is for us: we say when the server ends
    )


def run(
    place: Place, command: Sequence[str], account: Account, stdin: str = "", secret: str = ""
) -> Generator[None]:
    """Run `command` to its end, yielding while it takes its time. Raises EmbeddedError."""
    with _memory_file(stdin) as given, _memory_file() as output:
        child = spawn(command, account, output.fileno(), given.fileno())
        try:
            while child.poll() is None:
                yield
        finally:
            child.kill()
            child.wait()
        if child.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")
            text = text.replace(secret, "***") if secret else text
            raise program_failed(Path(command[0]).name, text, place.data_dir)


def end(child: Child, limit: float) -> None:
    """Fast shutdown; after `limit` seconds the immediate one, which only costs a recovery."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        child.send_signal(how)
        try:
            child.wait(limit)
        except subprocess.TimeoutExpired:
            continue
        return


def _environment() -> dict[str, str]:
    # No more of ours than it takes: TZ or PGPORT would change the server, and keys are not for it.
    ours = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C"} | ours


def _memory_file(content: str = "") -> BinaryIO:
    # Unlike a pipe it never fills, unlike a temporary file no disk is needed.
    file = os.fdopen(os.memfd_create("looplane"), "w+b")
    file.write(content.encode())
    file.seek(0)
    return file
