"""Of what lists of threads are filtered by, and of their orders."""

from tests.mutations import Mutation

_LISTING = "src/looplane/threads/listing"
_MODEL = "test_thread_filters.py"
_WAITING = "messages/test_waiting_since.py"

THREAD_LISTS = [
    Mutation(
        "a page by revenue begins at the front of its company",
        f"{_LISTING}/ranges/sql.py",
        "case when {is_same} then",
        "case when not {is_same} then",
        _MODEL,
    ),
    Mutation(
        "a thread with two of the tags stands in a list twice",
        f"{_LISTING}/ranges/sql.py",
        '"distinct on (k.created_at, k.id)" if len(wanted) > 1 else ""',
        '""',
        _MODEL,
    ),
    Mutation(
        "a range counts as all that is meant whatever is asked for",
        f"{_LISTING}/ranges/sql.py",
        "not self.is_cut and active(filter) <= self.covers",
        "True",
        _MODEL,
    ),
    Mutation(
        "a deleted tag still finds its threads",
        f"{_LISTING}/sql.py",
        "x.id = any ({0}) and x.deleted_at is null",
        "x.id = any ({0})",
        _MODEL,
    ),
    Mutation(
        "a second message makes a thread wait anew",
        "migrations/2026-11-26_thread_lists.sql",
        "select min(m.created_at) from messages m\n       where m.workspace_id = new",
        "select max(m.created_at) from messages m\n       where m.workspace_id = new",
        _WAITING,
    ),
    Mutation(
        "threads that are done wait as well",
        f"{_LISTING}/sql.py",
        "WAITS = \"t.status = 'open' and t.needs_response\"",
        'WAITS = "t.needs_response"',
        _WAITING,
    ),
]
