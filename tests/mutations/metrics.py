"""Of what can be seen: figures, lines in the log, and traces."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"

METRICS = [
    Mutation(
        "the link that unsubscribes is logged",
        "src/looplane/main.py",
        "secret_folders=(FOLDER, LINKS)",
        "secret_folders=(FOLDER,)",
        "test_request_log.py",
    ),
    Mutation(
        "somebody is called for what an archived workspace has",
        "src/looplane/figures/sql.py",
        "state = 'snoozed' and {IS_LIVE}",
        "state = 'snoozed'",
        "test_database_figures.py",
    ),
    Mutation(
        "a header for traces that is not understood is told with its secret",
        f"{_KIT}/otel.py",
        """    logging.getLogger("opentelemetry.util.re").setLevel(logging.ERROR)\n""",
        "",
        "test_tracing.py",
    ),
    Mutation(
        "a field's name that a caller made up is logged",
        f"{_KIT}/faults.py",
        'each if each in _KNOWN or _INDEX.fullmatch(each) else "?"',
        "each",
        "test_request_log.py",
    ),
    Mutation(
        "a connection that is given back stays in use",
        f"{_KIT}/pool_metrics.py",
        "        self._in_use.dec()\n",
        "",
        "test_figures.py",
    ),
    Mutation(
        "the work of a process that others answer for is not shared",
        f"{_KIT}/metrics.py",
        "    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]\n",
        "",
        "test_metrics.py",
    ),
    Mutation(
        "all the dead are counted at each look",
        "src/looplane/figures/sql.py",
        " limit {MOST_OF_ONE}) d",
        ") d",
        "test_database_figures.py",
    ),
    Mutation(
        "that the database is away is said at each try",
        f"{_KIT}/reachability.py",
        "self._away_since is not None or not self._says_away(error)",
        "not self._says_away(error)",
        "test_figures.py",
    ),
    Mutation(
        "statements of the worker are traces of their own",
        f"{_KIT}/otel.py",
        "        if not trace.get_current_span().is_recording():\n            return\n",
        "",
        "test_tracing.py",
    ),
]
