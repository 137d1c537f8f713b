"""Of what is kept, and for how long."""

from tests.mutations import Mutation

_SQL = "src/looplane/delivery/retention/sql.py"
_TESTS = "delivery/test_retention.py"

RETENTION = [
    Mutation(
        "a delivery goes before its queue knows that it was canceled",
        _SQL,
        "where not d.is_routed and (",
        "where (",
        _TESTS,
    ),
    Mutation(
        "whom a broadcast went to is forgotten while it may be tried again",
        _SQL,
        "and p.channel = d.channel and p.target",
        "and p.channel <> d.channel and p.target",
        _TESTS,
    ),
    Mutation(
        "what died goes before the notices of it",
        "src/looplane/delivery/retention/commands.py",
        "min(before, now - notices.KEPT)",
        "before",
        _TESTS,
    ),
    Mutation(
        "a sweep waits for whoever is at a delivery",
        _SQL,
        "for update of d skip locked",
        "for update of d",
        _TESTS,
    ),
    Mutation(
        "what has no month is deleted where all is to be kept for a hundred years",
        "src/looplane/event_partitions.py",
        "first_id(greatest($1::timestamptz, 'epoch'))",
        "first_id($1::timestamptz)",
        "test_event_partitions.py",
    ),
]
