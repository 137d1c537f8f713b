"""Of threads as they were."""

from tests.mutations import Mutation

_RULES = "src/looplane/threads/as_of/rules.py"
_MOVES = "src/looplane/threads/as_of/moves/rules.py"
_SQL = "src/looplane/threads/as_of/sql.py"
_COMMANDS = "src/looplane/threads/as_of/commands.py"

AS_OF = [
    Mutation(
        "the last event of a thing is the one with the highest position",
        _SQL,
        '_LAST_FIRST = "order by version desc nulls last, created_at desc, id desc limit 1"',
        '_LAST_FIRST = "limit 1"',
        "test_thread_as_of_kept.py",
    ),
    Mutation(
        "a thread that was erased is shown as it is now at each moment",
        _COMMANDS,
        "            if at > self._at:\n                raise rules.UnknownPastError(at)\n",
        "",
        "test_thread_as_of_kept.py",
    ),
    Mutation(
        "what a row shows is taken for what it showed",
        _RULES,
        "if self.thread.is_row and (shown is None or is_rewritten(shown, self.at)):",
        "if False:",
        "test_thread_as_of_kept.py",
    ),
    Mutation(
        "a merge that was taken back stays",
        _MOVES,
        "((merge.created_at, False), (merge.undone_at, True))",
        "((merge.created_at, False),)",
        "test_thread_as_of_any_time.py",
    ),
    Mutation(
        "what a thread showed of others is shown however they changed since",
        _RULES,
        "if event is not None and event.at >= since:\n            return None if event.is_end",
        "if event is not None and event.at < since:\n            return None if event.is_end",
        "test_thread_as_of_any_time.py",
    ),
    Mutation(
        "all months are read",
        _SQL,
        'return f"e.created_at <= {moment} and e.id < {bound}"',
        'return f"e.created_at <= {moment} and {bound} is not null"',
        "test_thread_as_of_plans.py",
    ),
]
