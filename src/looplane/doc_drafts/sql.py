"""Every statement on drafts of articles."""

from dataclasses import replace

from looplane.doc_articles.sql import GROUP
from looplane.filters import equals, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.sqltext import columns, iso, timestamps
from looplane.members.sql import member_join, member_ref
from looplane.portal_references import of_portal
from looplane.resources import Resource

# The portal of the article or, where there is none yet, of the group.
_PORTAL = """
(select coalesce(da.portal_instance_id, dg.portal_instance_id) as portal_instance_id
 from (select) as nothing
 left join doc_articles da on da.workspace_id = $1 and da.id = d.article_id
 left join doc_groups dg on dg.workspace_id = $1 and dg.id = d.group_id and d.article_id is null)"""
_OF_PORTAL = of_portal("dp")

DRAFT = Resource(
    noun="doc draft",
    table="doc_drafts",
    alias="d",
    columns=(
        "kind",
        "status",
        "article_id",
        "article_version",
        "article_text_key",
        "title",
        "content",
        "html",
        "html_version",
        "group_id",
        "allow_image_removal",
        "author_id",
        "reviewed_by_id",
        "reviewed_at",
    ),
    json=columns("d", "id", "kind", "status", "article_id", "article_version", "title")
    | columns("d", "content", "html", "group_id", "allow_image_removal")
    | {"author": member_ref("dm"), "reviewed_by": member_ref("dr")}
    | {"reviewed_at": iso("d.reviewed_at")}
    | timestamps("d"),
    joins=f"""
{member_join("dm", "d.author_id")}
{member_join("dr", "d.reviewed_by_id")}""",
    # The group comes first, as for everyone: who deletes it holds it before its articles.
    references={"group_id": GROUP, "article_id": ForeignKey("doc article", "doc_articles")},
    filters={
        "kind": equals("d.kind"),
        "status": equals("d.status"),
        # Also of an article or a group that was deleted: a draft outlives it.
        "article_id": refers_to("d.article_id"),
        "group_id": refers_to("d.group_id"),
        "portal_instance_id": replace(
            _OF_PORTAL, clause=f"exists (select from {_PORTAL} dp where {_OF_PORTAL.clause})"
        ),
    },
    size="coalesce(octet_length(d.content), 0) + coalesce(octet_length(d.html), 0)",
    events=("created", "updated", "accepted", "rejected", "superseded"),
    internal=frozenset({"html_version"}),
)

# What a draft is about when it is made.
FIND_ARTICLE = """
select version, text_key, html from doc_articles
where workspace_id = $1 and id = $2 and deleted_at is null"""

# A draft and what accepting it decides by, held to the end of the transaction.
LOCK_DRAFT = """
select id, version, updated_at, kind, status, article_id, article_text_key, title, content, html,
  html_version, group_id
from doc_drafts where workspace_id = $1 and id = $2 and deleted_at is null for update"""

LOCK_ARTICLE = """
select version, updated_at, text_key, title, content, html, html_version, group_id
from doc_articles where workspace_id = $1 and id = $2 and deleted_at is null for update"""

# The group $2 for as long as something is put into it, and its portal.
HOLD_GROUP = """
select id, portal_instance_id from doc_groups
where workspace_id = $1 and id = $2 and deleted_at is null for key share"""
