"""What tells whether all rows of all tables are the same in two places."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from looplane.backups.errors import BackupError
from looplane.kit.all_tables import LIST_TABLES, PIN
from looplane.kit.database import Connection
from looplane.kit.text import some_of

_BITS = 64
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How many rows a table has, and 128 bits over all of them, as 32 hex digits."""

    rows: int
    hash: str


Fingerprints = Mapping[str, Fingerprint]


async def take_fingerprints(con: Connection) -> Fingerprints:
    """Of each table, by its name, as the present transaction of `con` sees it."""
    await con.execute(PIN)
    return {
        table["name"]: await _fingerprint(con, table["hash"])
        for table in await con.fetch(LIST_TABLES)
    }


async def _fingerprint(con: Connection, statement: str) -> Fingerprint:
    row = await con.fetchrow(statement)
    assert row is not None, "it counts"
    halves = (int(row[half]) % 2**_BITS for half in ("first", "second"))
    return Fingerprint(row["rows"], "".join(f"{half:016x}" for half in halves))


def refuse_differences(wanted: Fingerprints, found: Fingerprints) -> None:
    """Raises BackupError that names the tables which are not the same."""
    names = sorted(wanted.keys() | found.keys())
    differing = [name for name in names if wanted.get(name) != found.get(name)]
    if not differing:
        return
    told = [f"{name} ({_told(wanted, name)}, {_told(found, name)})" for name in differing]
    msg = (
        "What arrived is not what was sent, and nothing of it was kept. Differing tables, with"
        f" what each was to have and has: {some_of(told, _MAX_NAMES)}."
    )
    raise BackupError(msg)


def _told(fingerprints: Fingerprints, name: str) -> str:
    found = fingerprints.get(name)
    return f"{found.rows} rows {found.hash[:8]}" if found else "none"


def to_document(fingerprints: Fingerprints) -> dict[str, object]:
    """As JSON has it."""
    return {name: asdict(each) for name, each in fingerprints.items()}


def from_document(document: Mapping[str, Mapping[str, object]]) -> Fingerprints:
    """What `to_document` made. Raises TypeError, KeyError and ValueError for anything else."""
    return {
        name: Fingerprint(int(str(each["rows"])), str(each["hash"]))
        for name, each in document.items()
    }
