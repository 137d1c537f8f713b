"""Of what is decided before a write: versions, repetitions, the rules of threads."""

from tests.mutations import Mutation

_LOST = "test_lost_updates.py"
_CHANGES = "src/looplane/changes.py"
_COMMANDS = "src/looplane/threads/update/commands.py"
_RULES = "src/looplane/threads/rules.py"
_WRITES = "src/looplane/kit/writes.py"
_ATTEMPTS = "src/looplane/kit/attempts.py"

DECISIONS = [
    Mutation(
        "If-Match is not looked at in an update",
        _CHANGES,
        '        context.precondition.check(row["version"])\n        context.raise_faults',
        "        context.raise_faults",
        "test_every_operation.py",
    ),
    Mutation(
        "If-Match is not looked at in a deletion",
        _CHANGES,
        '    context.precondition.check(row["version"])\n    return row',
        "    return row",
        "test_every_operation.py",
    ),
    Mutation(
        "If-Match is not looked at by a thread",
        _COMMANDS,
        '        context.precondition.check(row["version"])\n',
        "",
        "test_every_operation.py",
    ),
    Mutation(
        "a change of nothing is written",
        _CHANGES,
        "        if not after:\n",
        "        if False:\n",
        _LOST,
    ),
    Mutation(
        "a time goes back",
        "src/looplane/kit/clock.py",
        "return max(clock(), moment + _MILLISECOND)",
        "return clock()",
        _LOST,
    ),
    Mutation(
        "a dry run stays",
        _ATTEMPTS,
        "        await transaction.rollback()",
        "        await transaction.commit()",
        "test_dry_run.py",
    ),
    Mutation(
        "a dry run answers the version to come",
        _WRITES,
        'response.headers["ETag"] = (await self.present()).headers["ETag"]',
        "await self.present()",
        "test_dry_run.py",
    ),
    Mutation(
        "a collision is not tried again",
        _ATTEMPTS,
        "        except COLLISION:\n            continue",
        "        except COLLISION:\n            break",
        "test_late_failures.py",
    ),
    Mutation(
        "an Idempotency-Key is good for any request",
        _WRITES,
        'if stored["request_hash"] != self.fingerprint:',
        "if not self.fingerprint:",
        "test_every_operation.py",
    ),
    Mutation(
        "a stored answer is given again for ever",
        _WRITES,
        "await idempotency.get(con, *self._slot, self.context.clock() - LIFETIME)",
        "await idempotency.get(con, *self._slot, self.context.clock() - 1000 * LIFETIME)",
        "test_idempotency.py",
    ),
    Mutation(
        "an Idempotency-Key is claimed by two at once",
        _WRITES,
        "            if not claimed:\n",
        "            if False:\n",
        "test_every_operation.py",
    ),
    Mutation(
        "an Idempotency-Key is the workspace's",
        "src/looplane/kit/idempotency.py",
        "where workspace_id = $1 and key_id = $2 and idempotency_key = $3 and created_at > $4",
        "where workspace_id = $1 and $2::uuid is not null and idempotency_key = $3 and created_at > $4",
        "test_idempotency.py",
    ),
    Mutation(
        "everybody in the team is told, the VIEWERs too",
        "src/looplane/threads/sql.py",
        "and m.watches_new_threads and m.role <> 'VIEWER'",
        "and m.watches_new_threads",
        "test_update_thread_notify.py test_create_thread.py",
    ),
    Mutation(
        "the watchers are told of a thread that is somebody's",
        _RULES,
        "to = [assignee_id] if assignee_id else watchers",
        "to = watchers",
        "test_update_thread_notify.py",
    ),
    Mutation(
        "a VIEWER is assigned",
        _COMMANDS,
        'and found["assignee_role"] == "VIEWER"',
        'and found["assignee_role"] == "GUEST"',
        "test_update_thread_faults.py test_update_thread_links.py test_create_thread.py",
    ),
    Mutation(
        "a snooze may end in the past",
        _RULES,
        "if until is not None and until <= now:",
        "if until is None:",
        "test_thread_states.py test_update_thread_faults.py",
    ),
    Mutation(
        "a snooze may end now",
        _RULES,
        "if until is not None and until <= now:",
        "if until is not None and until < now:",
        "test_rules_at_their_edges.py",
    ),
    Mutation(
        "a thread that is opened is new again",
        _RULES,
        'return "new" if state == "new" else "open"',
        'return "new"',
        "test_thread_states.py",
    ),
    Mutation(
        "a closed thread stays closed, whatever is sent",
        _RULES,
        'closed = sent.get("closed_loop", state == "closed")',
        'closed = sent.get("closed_loop") or state == "closed"',
        "test_thread_states.py test_thread_state_machine.py",
    ),
    Mutation(
        "a thread that wakes counts as read",
        _RULES,
        '"snoozed_until": None, "is_read": False,',
        '"snoozed_until": None,',
        "test_wake.py",
    ),
    Mutation(
        "a new draft keeps the sources of the old one",
        _RULES,
        'after |= {"ai_draft_html": html, "ai_draft_sources": None, "ai_draft_generated_at": now}',
        'after |= {"ai_draft_html": html, "ai_draft_generated_at": now}',
        "test_update_thread_draft.py",
    ),
    Mutation(
        "what a cleaner of today cleaned counts as all cleaned by it",
        _RULES,
        'after["html_version"] = min(before["html_version"], html_version)',
        'after["html_version"] = html_version',
        "test_rules_at_their_edges.py",
    ),
    Mutation(
        "an assignment is not told of",
        _RULES,
        '        types.append("thread.assigned")',
        "        pass",
        "test_update_thread_links.py",
    ),
]
