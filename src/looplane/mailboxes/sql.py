"""Every statement on mailboxes, and on what is kept of the mails that left by them."""

from looplane.filters import equals
from looplane.kit.sqltext import columns, iso, timestamps
from looplane.resources import Resource

# Whether another one of the workspace is the default rather than this: a write sees itself in
# `mb` alone.
_IS_DEFAULT = """not exists (select from mailboxes o
  where o.workspace_id = mb.workspace_id and o.id <> mb.id and o.deleted_at is null
    and (coalesce(o.made_default_at, '-infinity') > coalesce(mb.made_default_at, '-infinity')
      or coalesce(o.made_default_at, '-infinity') = coalesce(mb.made_default_at, '-infinity')
        and (o.created_at, o.id) < (mb.created_at, mb.id)))"""

MAILBOX = Resource(
    noun="mailbox",
    table="mailboxes",
    alias="mb",
    columns=(
        "name",
        "address",
        "smtp_host",
        "smtp_port",
        "security",
        "username",
        "password",
        "made_default_at",
        "daily_budget",
        "per_thread_per_hour",
        "status",
        "status_reason",
        "paused_until",
        "down_since",
        "down_reason",
    ),
    json=columns("mb", "id", "name", "address", "smtp_host", "smtp_port", "security", "username")
    | {"has_password": "mb.password is not null", "is_default": _IS_DEFAULT}
    | columns("mb", "daily_budget", "per_thread_per_hour", "status", "status_reason")
    | {"paused_until": iso("mb.paused_until"), "down_since": iso("mb.down_since")}
    | columns("mb", "down_reason")
    | timestamps("mb"),
    # As text, for what is kept of a change.
    reads_as={"password": r"'\x' || encode(mb.password, 'hex')"},
    internal=frozenset({"password", "made_default_at"}),
    filters={"status": equals("mb.status")},
    events=("created", "updated", "deleted", "paused", "down", "up", "thread_paused", "bounced"),
    taken="There is a mailbox with this address already.",
)

FIND_SERVER = """
select id, name, address, smtp_host, smtp_port, security, username, password, version
from mailboxes where workspace_id = $1 and id = $2 and deleted_at is null"""

# What a change is decided by.
FIND = MAILBOX.find(f"{_IS_DEFAULT} as is_default")

# What decides about a mailbox as mail leaves. $1 workspace.
FIND_ALL = f"""
select mb.id, mb.name, mb.address, mb.smtp_host, mb.smtp_port, mb.security, mb.username,
  mb.password, {_IS_DEFAULT} as is_default, mb.daily_budget, mb.per_thread_per_hour, mb.status,
  mb.status_reason, mb.paused_until, mb.down_since, mb.version, mb.updated_at
from mailboxes mb where mb.workspace_id = $1 and mb.deleted_at is null order by mb.id"""
