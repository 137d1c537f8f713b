"""Of deliveries over the API: what mends them, and how they are found."""

from tests.mutations import Mutation

_SQL = "src/looplane/deliveries/mending/sql.py"
_COMMANDS = "src/looplane/deliveries/mending/commands.py"

DELIVERY_API = [
    Mutation(
        "what is behind a canceled delivery that no queue knew of waits for ever",
        _SQL,
        "set state = 'canceled', is_routed = true, next_attempt_at = null",
        "set state = 'canceled', next_attempt_at = null",
        "delivery/test_api_mending.py",
    ),
    Mutation(
        "an answer is canceled though its thread can come back",
        "src/looplane/delivery/rules.py",
        "    if now >= until:\n",
        "    if now >= deleted_at:\n",
        "delivery/test_deleted_threads.py",
    ),
    Mutation(
        "what waits for a Slack that is connected no more is tried to the end",
        "src/looplane/slack/commands.py",
        "if not await con.fetchval(sql.IS_ANOTHER_THERE, context.workspace_id, id):",
        "if False:",
        "slack/test_deleted_connections.py",
    ),
    Mutation(
        "a filter takes what is in another state by the time that it is held",
        _COMMANDS,
        'if state in {None, row["state"]}]',
        "if True]",
        "delivery/test_api_many.py",
    ),
    Mutation(
        "a retry of what had ended has no schedule left",
        _SQL,
        "  tries = case when {STATE} = 'queued' then d.tries else 0 end,\n",
        "",
        "delivery/test_api_mending.py",
    ),
    Mutation(
        "a list by kind reads all that there is",
        "migrations/2026-11-28_x_deliveries_api.sql",
        "create index deliveries_kind on deliveries (workspace_id, kind, created_at desc, id desc);\n",
        "",
        "delivery/test_api_lists.py",
    ),
]
