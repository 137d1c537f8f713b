"""The files of the server: made once, in one piece or not at all."""

import locale
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from looplane.kit.embedded_pg.account import Account, check_has_name
from looplane.kit.embedded_pg.binaries import version_of
from looplane.kit.embedded_pg.child import run
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.files import sync_folder
from looplane.kit.embedded_pg.identity import identify
from looplane.kit.embedded_pg.place import Place

# The first version with C.UTF-8 built in, the same on every machine, and with syncfs.
BUILTIN_LOCALE = SYNCFS = 17
UNFINISHED = "postgres.init-"
# Nobody can log in as the superuser, who has no password; our role owns its database and no more.
HBA = "local all all scram-sha-256\n"
SQL = """\
CREATE ROLE looplane LOGIN CREATEDB PASSWORD '{password}';
CREATE DATABASE looplane OWNER looplane;
"""


def read_password(cluster: Path) -> str:
    return _password_file(cluster).read_text(encoding="ascii")


def write_password(cluster: Path, password: str) -> None:
    """Keeps it, whole or not at all."""
    new = cluster / "looplane.password.new"
    new.touch(0o600)
    with new.open("w", encoding="ascii") as file:
        file.write(password)
        file.flush()
        os.fsync(file.fileno())
    new.rename(_password_file(cluster))
    sync_folder(cluster)


def read_version(cluster: Path) -> int:
    """The major version of PostgreSQL that made the files."""
    return int((cluster / "PG_VERSION").read_text(encoding="ascii"))


def check_version(place: Place) -> None:
    """Raises EmbeddedError when the files are of another major version than the programs."""
    version, programs = read_version(place.cluster), version_of(place.bin_dir / "postgres")
    if version != programs:
        message = (
            f"{place.cluster} was made by PostgreSQL {version}, and {place.bin_dir} holds"
            f" PostgreSQL {programs}: set LOOPLANE_PG_BIN to the programs of version {version}."
        )
        raise EmbeddedError(message)


def remove_unfinished(place: Place) -> None:
    """Remove what killed starts left; what is still in use for a moment goes the next time."""
    for leftover in place.data_dir.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def create(place: Place, account: Account) -> Generator[None]:
    """Make the cluster, role and database under another name and rename it when it is durable."""
    check_has_name(account)
    new = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=place.data_dir))
    try:
        os.chown(new, account.uid, account.gid)
        yield from _fill(place, new, account)
        new.rename(place.cluster)
        sync_folder(place.data_dir)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _fill(place: Place, new: Path, account: Account) -> Generator[None]:
    initdb = [place.program("initdb"), "-D", str(new)]
    options = ["--no-sync", "--auth=reject", "--username=postgres", "--encoding=UTF8", "-k"]
    version = version_of(place.bin_dir / "postgres")
    yield from run(place, [*initdb, *options, *_locale(version)], account)
    password = secrets.token_urlsafe(32)
    (new / "pg_hba.conf").write_text(HBA, encoding="ascii")
    identify(new)
    write_password(new, password)
    single = [place.program("postgres"), "--single", "-D", str(new), "-c", "exit_on_error=on"]
    sql = SQL.format(password=password)
    yield from run(place, [*single, "-c", "fsync=off", "postgres"], account, sql, password)
    # One call in place of a thousand.
    method = ["--sync-method=syncfs"] if version >= SYNCFS else []
    yield from run(place, [*initdb, "--sync-only", *method], account)


def _locale(version: int) -> list[str]:
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Trigrams and, up to 17, full-text search go by the system's locale, whatever the provider: of
    # the C locale they know no letters but those of English.
    # Only up to 17 nothing goes without it.
    is_wanted = version <= BUILTIN_LOCALE or _is_known("C.UTF-8")
    system = ["--locale=C.UTF-8"] if is_wanted else []
    return system + (builtin if version >= BUILTIN_LOCALE else [])


def _is_known(name: str) -> bool:
    """Whether the system has this locale."""
    present = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_CTYPE, present)
    return True


def _password_file(cluster: Path) -> Path:
    return cluster / "looplane.password"  # inside, so that neither exists without the other
