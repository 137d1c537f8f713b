"""Of what goes on by itself: events, worker, erasure, the embedded server."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_SERVER = f"{_KIT}/embedded_pg"
_WORKER = "src/looplane/worker.py"
_ERASURE = "src/looplane/erasure/sql.py"
_PARTITIONS = "src/looplane/event_partitions.py"

PROCESSES = [
    Mutation(
        "positions begin anew on another server",
        _PARTITIONS,
        'return row is not None and row["base"] != row["needed"]',
        "return False",
        "test_event_positions.py",
    ),
    Mutation(
        "a month is dropped that has not ended",
        _PARTITIONS,
        "+ interval '1 month' <= $1::timestamptz",
        "<= $1::timestamptz",
        "test_event_partitions.py",
    ),
    Mutation(
        "events are dropped though none are to be",
        _WORKER,
        "        if not settings.keep_events_days:\n            return made\n",
        "",
        "test_event_partitions.py",
    ),
    Mutation(
        "what fails to wake is tried again and again",
        _WORKER,
        "waking = await wake_due_threads(con, self._clock, resting)",
        "waking = await wake_due_threads(con, self._clock, [])",
        "test_wake.py",
    ),
    Mutation(
        "what fails to wake is named each time",
        _WORKER,
        "        if not rest:\n",
        "        if True:\n",
        "test_wake.py",
    ),
    Mutation(
        "one that cannot be woken ends the round",
        "src/looplane/threads/commands.py",
        "            if con.is_closed():\n                raise\n",
        "            raise\n",
        "test_wake.py",
    ),
    Mutation(
        "a thread wakes though it is snoozed anew",
        "src/looplane/threads/sql.py",
        "and state = 'snoozed' and snoozed_until <= $3",
        "and $3::timestamptz is not null",
        "test_wake.py test_concurrency.py",
    ),
    Mutation(
        "what is woken is waited for",
        "src/looplane/threads/sql.py",
        "for update skip locked",
        "for update",
        "test_wake.py",
    ),
    Mutation(
        "answers are swept before their time",
        f"{_KIT}/idempotency.py",
        "where created_at <= $1 limit 1000",
        "where created_at <= $1 + interval '1 hour' limit 1000",
        "test_wake.py",
    ),
    Mutation(
        "an erased contact stays in the events of its threads",
        _ERASURE,
        "where e.workspace_id = $1 and {history} and e.subject_id = shown.id",
        "where false and e.workspace_id = $1 and {history} and e.subject_id = shown.id",
        "test_erase_contact.py",
    ),
    Mutation(
        "an erased contact stays in stored answers",
        _ERASURE,
        "where a.workspace_id = $1 and exists (",
        "where false and a.workspace_id = $1 and exists (",
        "test_erase_contact.py",
    ),
    Mutation(
        "who had a thread before stays in its events",
        _ERASURE,
        "and e.data->'contact'->>'id' = any ($2::uuid[]::text[])",
        "and e.data->'contact'->>'id' = any ($2::uuid[]::text[]) and false",
        "test_erase_contact.py",
    ),
    Mutation(
        "a server is ended by the path of its data alone",
        f"{_SERVER}/identity.py",
        'identity = f"{known} {status.st_dev} {status.st_ino}"',
        "identity = str(cluster)",
        "embedded_pg/test_identity.py",
    ),
    Mutation(
        "a copy of a cluster is taken for the cluster",
        f"{_SERVER}/identity.py",
        'identity = f"{known} {status.st_dev} {status.st_ino}"',
        "identity = known",
        "embedded_pg/test_identity.py",
    ),
    Mutation(
        "numbers of another namespace are taken for ours",
        f"{_SERVER}/processes.py",
        "    if not _numbers_are_ours():\n        return []\n",
        "",
        "embedded_pg/test_identity.py",
    ),
    Mutation(
        "a server starts beside what another one left",
        f"{_SERVER}/leftovers.py",
        "    if nobody_holds(held):\n        return\n    logger",
        "    if True:\n        return\n    logger",
        "embedded_pg/test_identity.py embedded_pg/test_crash.py",
    ),
    Mutation(
        "a server outlives the program",
        f"{_SERVER}/launch.py",
        "    prctl(PR_SET_PDEATHSIG, signal.SIGINT)\n",
        "",
        "embedded_pg/test_crash.py",
    ),
    Mutation(
        "a start is given up though it gets on",
        f"{_SERVER}/progress.py",
        'if work != self._before or any(each.state == "D" for each in work):',
        "if False:",
        "embedded_pg/test_recovery.py",
    ),
    Mutation(
        "two own the server",
        f"{_SERVER}/lock.py",
        "            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "            pass\n",
        "embedded_pg/test_two_processes.py",
    ),
    Mutation(
        "everybody may come near the socket",
        f"{_SERVER}/socket_folder.py",
        "os.fchmod(descriptor, 0o700)",
        "os.fchmod(descriptor, 0o777)",
        "embedded_pg/test_access.py",
    ),
    Mutation(
        "nobody needs the password",
        f"{_SERVER}/cluster.py",
        'HBA = "local all all scram-sha-256\\n"',
        'HBA = "local all all trust\\n"',
        "embedded_pg/test_access.py",
    ),
    Mutation(
        "a round that breaks as it is given up goes on",
        "src/looplane/worker.py",
        "            if _is_ending():\n",
        "            if not _is_ending():\n",
        "test_worker_ends.py",
    ),
    Mutation(
        "a worker ends before what it is at has ended",
        "src/looplane/worker.py",
        """    async with asyncio.TaskGroup() as group:
        for each in (dispatcher.run(), hints.keep(), keep_backups(database, settings), *repeated):
            group.create_task(each)
""",
        """    await asyncio.gather(
        dispatcher.run(), hints.keep(), keep_backups(database, settings), *repeated
    )
""",
        "test_worker_ends.py",
    ),
]
