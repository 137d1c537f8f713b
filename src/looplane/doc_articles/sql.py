"""Every statement on articles."""

from collections.abc import Iterable
from typing import get_args

from looplane import events
from looplane.doc_articles.schemas import Kind, Visibility
from looplane.filters import Filter, contains, contains_by_index, equals, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.sqltext import columns, timestamps
from looplane.portal_references import PORTAL, of_portal
from looplane.resources import Resource
from looplane.translations import Translations

GROUP = ForeignKey("doc group", "doc_groups")


def _one_or_all(column: str, values: Iterable[str]) -> Filter:
    """The value in `column`, or any where `all` is asked for."""
    every = list(values)
    return Filter(f"{column} = any ({{0}})", lambda value: every if value == "all" else [value])


ARTICLE = Resource(
    noun="doc article",
    event_noun="doc",
    table="doc_articles",
    alias="a",
    columns=(
        "title",
        "content",
        "html",
        "html_version",
        "summary",
        "group_id",
        "portal_instance_id",
        "published",
        "archived",
        "visibility",
        "show_on_home_page",
        "icon",
        "language",
        "languages",
    ),
    json=columns("a", "id", "title", "content", "html", "summary", "group_id")
    | columns("a", "portal_instance_id", "published", "archived", "visibility")
    | columns("a", "show_on_home_page", "icon", "kind", "language", "languages", "version")
    | timestamps("a"),
    references={"group_id": GROUP, "portal_instance_id": PORTAL},
    filters={
        "group_id": refers_to("a.group_id", "doc_groups"),
        "published": equals("a.published"),
        "archived": equals("a.archived"),
        "visibility": _one_or_all("a.visibility", get_args(Visibility)),
        "kind": _one_or_all("a.kind", get_args(Kind)),
        "title_contains": contains_by_index("a.title_key"),
        "portal_instance_id": of_portal("a"),
    },
    size="octet_length(a.content) + octet_length(a.html)",
    events=("created", "updated", "deleted", "restored", "published"),
    internal=frozenset({"html_version"}),
)

TRANSLATIONS = Translations(
    ARTICLE,
    table="doc_article_translations",
    key="article_id",
    fields=("title", "content", "html", "html_version", "summary"),
    filters={"title_contains": contains("fold_name(coalesce(tr.title, a.title))")},
)

# Holds the group $2 for as long as something is put into it.
HOLD_GROUP = f"{GROUP.statement('$2')} for key share"

_LOCKED = """
select id, version, updated_at, group_id from doc_articles
where workspace_id = $1 and {0} and deleted_at is null
order by id for update"""
LOCK_ALL = _LOCKED.format("id = any ($2)")
LOCK_OF_GROUP = _LOCKED.format("group_id = $2")

# Puts the articles $2 into the group $3, or into none where it is null. $4 write.
MOVE = f"""
with w as materialized ({events.WRITE.format("$4")}),
a as (
  update doc_articles a set group_id = $3, updated_at = w.created_at, version = a.version + 1
  from w where a.workspace_id = $1 and a.id = any ($2) returning a.*),
shown as materialized (select a.id, a.version, {ARTICLE.body} as body from a)
{events.insert("shown", "shown.body", "shown.id", "shown.version")}"""

# The articles $2 in the order in which they are named there.
SHOW_ALL = f"""
select {ARTICLE.body}::text as body from doc_articles a
where a.workspace_id = $1 and a.id = any ($2)
order by array_position($2::uuid[], a.id)"""
