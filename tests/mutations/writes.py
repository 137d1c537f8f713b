"""Of the statements that write, and what keeps writers apart."""

from tests.mutations import Mutation

_LOST = "test_lost_updates.py"
_RACES = "test_deletion_races.py"
_RESOURCES = "src/looplane/resources.py"
_THREADS = "src/looplane/threads/sql.py"
_CHANGES = "src/looplane/changes.py"

WRITES = [
    Mutation(
        "an update of any version",
        _RESOURCES,
        "from w where {self._this} and {alias}.version = $3 returning",
        "from w where {self._this} and {alias}.version >= $3 returning",
        _LOST,
    ),
    Mutation(
        "a row is locked by looking at it",
        _RESOURCES,
        "and deleted_at is null for update",
        "and deleted_at is null",
        _LOST,
    ),
    Mutation(
        "a thread is updated in any version",
        _THREADS,
        "and version = p_version and deleted_at is null",
        "and version >= p_version and deleted_at is null",
        _LOST,
    ),
]
