"""A member with very many notices: what is looked at for them is theirs."""

from uuid import UUID

from looplane.notices import sql
from tests.conftest import Workspace
from tests.factory import Factory
from tests.plans import rolled_back

NOTICES = """
insert into notices (workspace_id, id, member_id, write_id, event_id, event_type, reason,
  subject_id, thread_id, is_in_app, created_at, changed)
select $1, gen_random_uuid(), $2, gen_random_uuid(), gen_random_uuid(), 'comment.created',
  'comment', gen_random_uuid(), $3, true, now() - n * interval '1 second', '{}'
from generate_series(1, 2000) n"""
THREADS = """
insert into threads (workspace_id, id, text, pain_level, origin, state, external_ids, created_at,
  updated_at)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', 'new', '{}', now(), now()
from generate_series(1, 2000) n"""


async def test_the_threads_of_others_are_not_read_for_them(
    dsn: str, workspace: Workspace, other: Workspace, make: Factory
) -> None:
    thread = UUID((await make.thread())["id"])
    member = UUID(str(workspace.member_id))
    async with rolled_back(dsn) as con:
        await con.execute(NOTICES, workspace.id, member, thread)
        await con.execute(THREADS, other.id)
        await con.execute("analyze notices")
        await con.execute("analyze threads")
        args = workspace.id, member
        assert await con.fetchval(sql.COUNT_UNREAD, *args) > 0
        rows = await con.fetch(f"explain (analyze, format text) {sql.COUNT_UNREAD}", *args)
    plan = "\n".join(row[0] for row in rows)
    assert "threads" in plan
    assert "hashed SubPlan" not in plan, plan
    assert "Seq Scan on threads" not in plan, plan
