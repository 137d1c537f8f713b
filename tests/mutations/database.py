"""Of the database: sessions, turns, migrations, triggers."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_DATABASE = f"{_KIT}/database.py"
_LEDGER = f"{_KIT}/ledger.py"
_MIGRATE = f"{_KIT}/migrate.py"
_TABLES = "migrations/2026-11-25_firm_ground.sql"
_MIGRATED = "test_migrations.py"

DATABASE = [
    Mutation(
        "a statement may run for ever",
        _DATABASE,
        '"statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",',
        '"statement_timeout": "0",',
        "database",
    ),
    Mutation(
        "a lock may be waited for for ever",
        _DATABASE,
        '"lock_timeout": f"{LOCK_TIMEOUT:.0f}s",',
        '"lock_timeout": "0",',
        "database",
    ),
    Mutation(
        "a transaction may stand still for ever",
        _DATABASE,
        '"idle_in_transaction_session_timeout": "30s",',
        '"idle_in_transaction_session_timeout": "0",',
        "database",
    ),
    Mutation(
        "writes take every connection",
        _DATABASE,
        "_READ_PERCENT = 30",
        "_READ_PERCENT = 0",
        "database",
    ),
    Mutation(
        "those who wait for one row have a connection each",
        _DATABASE,
        "return self._in_turn(self._lock_of(subject), self._write_slots)",
        "return self._in_turn(self._write_slots)",
        "database",
    ),
    Mutation(
        "a connection is waited for for ever",
        _DATABASE,
        "async with asyncio.timeout(ACQUIRE_TIMEOUT):",
        "async with asyncio.timeout(20):",
        "test_request_timeout.py",
    ),
    Mutation(
        "plans go by the values of the first request",
        _DATABASE,
        '"plan_cache_mode": "force_generic_plan",',
        '"plan_cache_mode": "force_custom_plan",',
        "database/test_session.py test_plans.py",
    ),
    Mutation(
        "readiness asks the pool, which is busy",
        f"{_KIT}/readiness.py",
        "async with database.connected() as con:",
        "async with database.reading() as con:",
        "test_readiness.py",
    ),
    Mutation(
        "a pooler by transaction is taken for none",
        f"{_KIT}/pooler.py",
        "    return bool(found == witness)\n",
        "    return True\n",
        "test_pooler.py",
    ),
    Mutation(
        "a migration that was changed is taken as it was",
        _LEDGER,
        'if name in applied and not file.was_applied_as(applied[name]["digest"]):',
        "if False:",
        _MIGRATED,
    ),
    Mutation(
        "what breaks older programs does not stop them",
        _LEDGER,
        'if row["breaks_older"] is not None:',
        "if False:",
        _MIGRATED,
    ),
    Mutation(
        "programs that went apart work together",
        _LEDGER,
        "    if unknown and pending:\n",
        "    if False:\n",
        _MIGRATED,
    ),
    Mutation(
        "a missing function is not missed",
        _LEDGER,
        "return self.pending + self.missing",
        "return self.pending",
        _MIGRATED,
    ),
    Mutation(
        "two migrate at once",
        _MIGRATE,
        '        await con.execute("select pg_advisory_xact_lock($1)", LOCK)\n',
        "",
        _MIGRATED,
    ),
    Mutation(
        "a migration waits for a table as long as it takes",
        _MIGRATE,
        "        await con.execute(f\"set local lock_timeout = '{_TABLE_PATIENCE}'\")\n",
        "",
        _MIGRATED,
    ),
    Mutation(
        "a function is named by its stem alone",
        f"{_KIT}/functions.py",
        'hexdigest()[:_DIGITS]}"',
        'hexdigest()[:0]}"',
        "test_migrations.py test_migration_files.py",
    ),
    Mutation(
        "readers are told of positions that may still be filled",
        _TABLES,
        "select base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint from event_positions",
        "select base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint from event_positions",
        "test_event_positions.py",
    ),
    Mutation(
        "a company is looked for by its name in the whole workspace",
        _TABLES,
        "create index companies_name on companies (workspace_id, name) where deleted_at is null;",
        "",
        "test_plans.py",
    ),
    Mutation(
        "projects are sorted by their score for each page",
        _TABLES,
        "create index projects_score on projects (workspace_id, total_score desc, id desc)",
        "create index projects_score on projects (workspace_id, total_score, created_at)",
        "test_plans.py",
    ),
    Mutation(
        "a start gives up while its own server comes back",
        "src/looplane/server.py",
        "partial(open_database, dsn, *how), patience_of(dsn, settings))",
        "partial(open_database, dsn, *how), 0)",
        "database/test_away_at_the_start.py",
    ),
    Mutation(
        "a server that dies as it is asked is taken for a pooler",
        "src/looplane/kit/pooler.py",
        "        if isinstance(error, _GONE) and _BY_STATEMENT not in str(error):\n            raise\n",
        "",
        "database/test_away_at_the_start.py",
    ),
]
