"""Of deliveries: how they are queued, taken, sent and written down."""

from tests.mutations import Mutation

_SQL = "src/looplane/delivery/sql.py"
_LEASES = "src/looplane/delivery/leases/sql.py"
_FAN_OUT = "src/looplane/delivery/fan_out"

DELIVERIES = [
    Mutation(
        "of a workspace with very much queued all is routed first",
        _SQL,
        "and d.workspace_id = w.workspace_id order by d.seq",
        "order by d.seq",
        "delivery/test_fairness.py",
    ),
    Mutation(
        "a workspace with very many queues has all the room",
        _LEASES,
        "    half = (most + 1) // 2\n",
        "    half = 0\n",
        "delivery/test_fairness.py",
    ),
    Mutation(
        "a slow attempt is made twice",
        _LEASES,
        "set leased_until = $5, due_at = $5 from ours",
        "set due_at = $5 from ours",
        "delivery/test_leases.py",
    ),
    Mutation(
        "what a worker let go of as it was loaded is its own for ever",
        "src/looplane/delivery/dispatch/commands.py",
        "                self._held.pop(each.lease, None)\n            raise\n",
        "                pass\n            raise\n",
        "delivery/test_leases.py",
    ),
    Mutation(
        "an attempt begins under a lease that another worker may have",
        "src/looplane/delivery/commands.py",
        "            if not is_ours(taken.queue):\n",
        "            if False:\n",
        "delivery/test_leases.py",
    ),
    Mutation(
        "one event that breaks a fan stops all that follow",
        f"{_FAN_OUT}/commands.py",
        "if self._failures.add(workspace_id, event) < TRIES:",
        "if self._failures.add(workspace_id, event):",
        "delivery/test_fan_out_failures.py",
    ),
    Mutation(
        "an event is set aside within a moment",
        f"{_FAN_OUT}/failures/commands.py",
        "self.clock() < failing.again_at",
        "False",
        "delivery/test_fan_out_failures.py",
    ),
    Mutation(
        "what waits for a slow target holds up all others",
        "src/looplane/kit/pacing.py",
        "call_later(self._seconds, make_room)",
        "call_later(self._seconds, bool)",
        "test_pacing.py",
    ),
    Mutation(
        "what made room makes room once more at its end",
        "src/looplane/kit/pacing.py",
        "            if not has_made_room:",
        "            if True:",
        "test_pacing.py",
    ),
    Mutation(
        "a message overtakes one of its thread that could not be delivered",
        _SQL,
        " order by e.seq limit 1) < d.seq",
        " order by e.seq limit 1) < 0",
        "delivery/test_lanes.py",
    ),
    Mutation(
        "a queue that two workers take goes out twice",
        _LEASES,
        "{_WAITS} and due_at <= $1\n    and (leased_until is null or leased_until <= $1)",
        "{_WAITS} and due_at <= $1",
        "delivery/test_kills.py",
    ),
    Mutation(
        "a lane stays behind what was canceled",
        _SQL,
        """min(case state when 'queued' then next_attempt_at else $3 end) as due_at""",
        """min(case state when 'queued' then next_attempt_at else $3::timestamptz + interval '1 year' end) as due_at""",
        "delivery/test_queues.py",
    ),
    Mutation(
        "a message overtakes one that somebody is at, and stays behind it where that is canceled",
        _SQL,
        ' and (*key_of(row), row["lane"]) not in busy]',
        "]",
        "delivery/test_queues.py",
    ),
    Mutation(
        "a target that rests is said to be due",
        _SQL,
        "set due_at = greatest(least(q.due_at, r.due_at), q.leased_until)",
        "set due_at = least(q.due_at, r.due_at)",
        "delivery/test_rests.py",
    ),
    Mutation(
        "who has lost a queue writes down what came of it",
        _LEASES,
        "where ({QUEUE}, lease) in (\n  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]))",
        "where ({QUEUE}) in (\n  select workspace_id, channel, queue from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])\n  as q(workspace_id, channel, queue, lease))",
        "delivery/test_kills.py",
    ),
    Mutation(
        "what is begun is not known to be",
        _SQL,
        "  attempt_started_at = case when not h.is_behind then $5::timestamptz end\n",
        "  attempt_started_at = null\n",
        "delivery/test_kills.py",
    ),
    Mutation(
        "targets that hang have all the room",
        "src/looplane/delivery/dispatch/commands.py",
        "return min(room, failing_room) if failing else room",
        "return room",
        "delivery/test_queues.py",
    ),
    Mutation(
        "a newer version of a thing is told before the one that it overtook",
        f"{_FAN_OUT}/commands.py",
        "in_order([*events, *await _overtaken(con, workspace_id, end, events)])",
        "in_order(events)",
        "delivery/test_fan_out.py",
    ),
    Mutation(
        "what could not be told is printed with its row",
        f"{_FAN_OUT}/failures/commands.py",
        'next(iter(str(error).splitlines()), "")',
        "str(error)",
        "cli/test_retry_events.py",
    ),
    Mutation(
        "what was deleted while it was told fails for ever",
        _SQL,
        'r.failures > 0 and {IS_GONE.format("r")} as is_gone',
        "false as is_gone",
        "webhooks/test_endings.py",
    ),
    Mutation(
        "what failed before a queue was let go on comes back with an attempt",
        _LEASES,
        'claimed[row["lease"]], failures=row["failures"], failing_since=row["failing_since"]',
        'claimed[row["lease"]]',
        "webhooks/test_endings.py",
    ),
    Mutation(
        "who lets a queue go on takes it from who is at it",
        "src/looplane/deliveries/sql.py",
        "leased_until = case when q.lease is not null then q.leased_until end",
        "leased_until = null",
        "delivery/test_api_queues.py",
    ),
    Mutation(
        "what comes waits for the next attempt of what failed before it",
        _SQL,
        "set due_at = greatest(least(q.due_at, r.due_at), q.leased_until)",
        "set due_at = case when q.failures = 0 then least(q.due_at, r.due_at)"
        " else coalesce(q.due_at, r.due_at) end",
        "delivery/test_rests.py",
    ),
    Mutation(
        "a target that asked for hours is asked again in seconds",
        "src/looplane/delivery/rules.py",
        "rest = max(rest_after(failures), min(max(asked, default=timedelta()), MAX_RETRY_AFTER))",
        "rest = rest_after(failures)",
        "delivery/test_rests.py",
    ),
]
