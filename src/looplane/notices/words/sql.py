"""What the words of notices are made of, as it is now."""

from looplane.kit.sqltext import case_when, columns, iso, json_object

_MAX_EXCERPT_HTML = 4000  # characters of it are looked at
_MAX_EXCERPT = 400  # characters of text


def _beginning(html: str) -> str:
    """SQL for how HTML begins, as text: what is cut off within a tag goes with it."""
    cut = f"regexp_replace(left({html}, {_MAX_EXCERPT_HTML}), '<[^>]*$', '')"
    return f"left(html_to_text({cut}), {_MAX_EXCERPT})"


# A notice about a thread is shown while that is there. Each is looked for by its id: of very many
# notices PostgreSQL would rather read all threads of all workspaces first.
SHOWN = """(nt.thread_id is null or (
    select true from threads shown where shown.workspace_id = nt.workspace_id
      and shown.id = nt.thread_id and shown.deleted_at is null limit 1))"""

# As many threads as one write changed at once. $1 workspace
_COUNT = """(select count(distinct e.aggregate_id) from events e
    where e.workspace_id = $1 and e.write_id = nt.write_id and e.type = nt.event_type)"""
_EXCERPT = case_when(
    {
        "cm.id is not null": _beginning("cm.content"),
        "ms.id is not null": f"left(ms.text, {_MAX_EXCERPT})",
        "nt.reason in ('assigned', 'new_thread')": _beginning("th.text"),
    },
    "null",
)
# The JSON of a notice `nt`, as `rules.Facts` has it.
FACTS = json_object(
    columns("nt", "id", "reason", "thread_id", "changed", "detail", "event_type")
    | {"read_at": iso("nt.read_at"), "created_at": iso("nt.created_at")}
    | {"is_by_key": "nt.actor_key_id is not null"}
    | {"actor_name": "coalesce(am.name, am.email)", "key_label": "ak.label"}
    | {"title": f"coalesce(th.title, {_beginning('th.text')})"}
    | {"contact_name": "coalesce(ct.name, ct.email)", "excerpt": _EXCERPT, "count": _COUNT}
    | {
        "target": "dl.target",
        "fault": "coalesce(sm.bounce_reason, dl.reason)",
        "delivery_kind": "dl.kind",
    }
)
# $1 workspace. Of what was deleted nothing is told.
FACTS_JOINS = """
left join members am on am.workspace_id = $1 and am.id = nt.actor_member_id
left join api_keys ak on ak.workspace_id = $1 and ak.id = nt.actor_key_id
left join threads th on th.workspace_id = $1 and th.id = nt.thread_id and th.deleted_at is null
left join contacts ct on ct.workspace_id = $1 and ct.id = th.contact_id and ct.deleted_at is null
left join comments cm on cm.workspace_id = $1 and cm.id = nt.subject_id and cm.deleted_at is null
  and nt.reason in ('mentioned', 'comment')
left join messages ms on ms.workspace_id = $1 and ms.id = nt.subject_id and nt.reason = 'reply'
left join deliveries dl on dl.workspace_id = $1 and dl.id = nt.subject_id
  and nt.reason = 'delivery_dead'
left join sent_mails sm on sm.workspace_id = $1 and sm.delivery_id = nt.subject_id
  and nt.event_type = 'delivery.bounced'"""

# Those of the notices $2 that may still be told: to the team, or to who is still one of it. What
# is said among the team goes to nobody else.
FIND = f"""
select nt.id, {FACTS}::text as facts from notices nt {FACTS_JOINS}
left join members me on me.workspace_id = $1 and me.id = nt.member_id and me.deleted_at is null
where nt.workspace_id = $1 and nt.id = any ($2::uuid[]) and {SHOWN}
  and (nt.member_id is null or me.id is not null)"""
