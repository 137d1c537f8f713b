"""Every statement on members."""

from looplane.kit.sqltext import obj, row


def member_ref(alias: str) -> str:
    """SQL for a member as other things show one; null where `alias` has no row."""
    ref = obj(row(alias, "id", "name", "email", "image_url"))
    return f"case when {alias}.id is not null then {ref} end"


def member_join(alias: str, of: str) -> str:
    """SQL that joins the member in the column `of` (`t.assignee_id`), if still one of the team."""
    table = of.split(".")[0]
    return (
        f"left join members {alias} on {alias}.workspace_id = {table}.workspace_id"
        f" and {alias}.id = {of} and {alias}.deleted_at is null"
    )
