"""Every statement on API keys."""

from looplane.foreign_keys import ForeignKey
from looplane.keys.schemas import KeyQuery
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.key_uses import Uses
from looplane.kit.networks import parse_network
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object, timestamps
from looplane.members.sql import member_join
from looplane.resources import Resource

NOUN = "API key"

FIND_BY_HASH = """
select k.workspace_id, k.id, k.kind, k.scopes, k.member_id, k.expires_at, k.allowed_ips,
  coalesce(m.role = 'VIEWER', false) as is_viewer, w.archived_at is not null as is_archived
from api_keys k
join workspaces w on w.id = k.workspace_id
left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id
where k.hash = $1 and k.revoked_at is null and m.deleted_at is null"""

# By its id a revoked key is gone; the list goes on showing it.
KEY = Resource(
    noun=NOUN,
    table="api_keys",
    alias="k",
    columns=(
        "hash",
        "prefix",
        "kind",
        "label",
        "scopes",
        "member_id",
        "expires_at",
        "allowed_ips",
    ),
    json=columns("k", "id", "label", "prefix", "kind", "scopes", "member_id")
    | {"expires_at": iso("k.expires_at"), "last_used_at": iso("k.last_used_at")}
    | columns("k", "allowed_ips")
    | timestamps("k")
    | {"revoked_at": iso("k.revoked_at")},
    references={"member_id": ForeignKey("member", "members")},
    events=("created", "updated", "deleted"),
    event_names={"created": "key.created", "updated": "key.updated", "deleted": "key.revoked"},
    deletion="revoked_at",
)

# A key whose member is gone opens nothing, though nobody revoked it. $2 is now.
_LISTED = json_object(
    dict(KEY.json)
    | {"member_email": "m.email"}
    | {
        "is_active": "k.revoked_at is null and (k.member_id is null or m.id is not null)"
        " and coalesce(k.expires_at > $2, true)"
    }
)
LIST = f"""
select {_LISTED}::text as body from api_keys k {member_join("m", "k.member_id")}
where k.workspace_id = $1 order by k.created_at desc, k.id desc"""

_TEAMS = "from teams tm where tm.workspace_id = k.workspace_id"
ME = json_object(
    columns("k", "workspace_id")
    | {"api_key_id": "k.id", "scopes": "k.scopes"}
    | {
        "linear_team_ids": "(select coalesce(json_agg(tm.id order by tm.created_at, tm.id), '[]')"
        f" {_TEAMS})",
        "default_linear_team_id": f"(select tm.id {_TEAMS} and tm.is_default"
        " order by tm.created_at, tm.id limit 1)",
    }
)
GET_ME = f"select {ME}::text as body from api_keys k where k.workspace_id = $1 and k.id = $2"

FIND_REVOCATION = f"""
select {iso("revoked_at")} as revoked_at from api_keys where workspace_id = $1 and id = $2"""

# $1 workspaces, $2 ids, $3 moments. Rows are taken in one order, so that no two processes wait for
# each other, and a moment that is there already is not moved back.
RECORD_USES = """
with used as (
  select k.workspace_id, k.id, u.moment
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as u(workspace_id, id, moment)
  join api_keys k on k.workspace_id = u.workspace_id and k.id = u.id
  where coalesce(k.last_used_at < u.moment, true)
  order by k.workspace_id, k.id
  for no key update of k)
update api_keys k set last_used_at = used.moment
from used where k.workspace_id = used.workspace_id and k.id = used.id"""


async def find_principal(database: Database, hashed: bytes) -> Principal | None:
    """Who acts by the key with this hash; None where it, or the member it acts for, is gone."""
    async with database.reading() as con:
        row = await con.fetchrow(FIND_BY_HASH, hashed)
    if row is None:
        return None
    return Principal(
        row["workspace_id"],
        row["kind"],
        key_id=row["id"],
        member_id=row["member_id"],
        is_viewer=row["is_viewer"],
        scopes=frozenset(row["scopes"]),
        expires_at=row["expires_at"],
        networks=tuple(map(parse_network, row["allowed_ips"])),
        is_archived=row["is_archived"],
    )


async def record_uses(database: Database, uses: Uses) -> None:
    """Stores when keys were last used, in one statement."""
    workspaces, ids = zip(*uses, strict=True)
    async with database.writing() as con:
        await con.execute(RECORD_USES, workspaces, ids, list(uses.values()))


async def list_keys(con: Connection, context: Context, query: KeyQuery) -> Answer:
    """A page of keys, the newest first; the revoked ones too."""
    conditions = Conditions("k", context.workspace_id, complete=True)
    return Answer(await KEY.listing.fetch(con, conditions, query))


async def get_me(con: Connection, context: Context) -> Answer:
    """What the key that calls is and may do."""
    me = await con.fetchval(GET_ME, context.workspace_id, context.principal.key_id)
    return Answer(or_404(me, NOUN))
