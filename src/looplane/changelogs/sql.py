"""Every statement on changelogs."""

from looplane.filters import Filter, contains, contains_by_index, equals
from looplane.foreign_keys import ForeignKey
from looplane.kit.ids import parse_id
from looplane.kit.sqltext import columns, iso, timestamps
from looplane.portal_references import PORTAL, of_portal
from looplane.resources import Resource
from looplane.translations import Translations

_LINKS = """
from changelog_tag_links l where l.workspace_id = cl.workspace_id and l.changelog_id = cl.id"""

CHANGELOG = Resource(
    noun="changelog",
    table="changelogs",
    alias="cl",
    columns=(
        "title",
        "content",
        "html",
        "html_version",
        "date",
        "published",
        "archived",
        "image_url",
        "portal_instance_id",
        "language",
        "languages",
        "broadcast_at",
    ),
    json=columns("cl", "id", "title", "content", "html")
    | {"date": iso("cl.date")}
    | columns("cl", "published", "archived", "image_url", "portal_instance_id")
    | columns("cl", "language", "languages")
    | {"tag_ids": f"(select coalesce(json_agg(l.tag_id order by l.tag_id), '[]') {_LINKS})"}
    | {"broadcast_at": iso("cl.broadcast_at")}
    | timestamps("cl"),
    other_tables={"tag_ids": f"array(select l.tag_id {_LINKS} order by l.tag_id)"},
    references={
        "portal_instance_id": PORTAL,
        "tag_ids": ForeignKey(
            "changelog tag", "changelog_tags", is_soft_deleted=False, is_list=True
        ),
    },
    filters={
        "published": equals("cl.published"),
        "archived": equals("cl.archived"),
        "title_contains": contains_by_index("cl.title_key"),
        "tag_id": Filter(
            "exists (select from changelog_tag_links l where l.workspace_id = $1"
            " and l.changelog_id = cl.id and l.tag_id = {0})",
            parse_id,
        ),
        "portal_instance_id": of_portal("cl"),
    },
    size="octet_length(cl.content) + octet_length(cl.html)",
    events=("created", "published", "updated", "deleted", "restored", "broadcast"),
    internal=frozenset({"html_version"}),
)
TRANSLATIONS = Translations(
    CHANGELOG,
    table="changelog_translations",
    key="changelog_id",
    fields=("title", "content", "html", "html_version"),
    filters={"title_contains": contains("fold_name(coalesce(tr.title, cl.title))")},
)

# The tags $3 are those of changelog $2, and no others.
REPLACE_TAGS = """
with gone as (
  delete from changelog_tag_links
  where workspace_id = $1 and changelog_id = $2 and tag_id <> all ($3))
insert into changelog_tag_links (workspace_id, changelog_id, tag_id)
select $1, $2, tag_id from unnest($3::uuid[]) as tag_id
on conflict do nothing"""
