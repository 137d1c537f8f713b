"""Statements on HTML that an older version of the cleaner has cleaned, in all workspaces."""

_SHOWN = "deleted_at is null"  # what was deleted is shown nowhere


def _find(table: str, condition: str = "true") -> str:
    """SQL for the $4 rows after one, in the order of their keys, old or not.

    So no look takes long, however few are old. $1 workspace and $2 id of that one, $3 version.
    """
    return f"""
select workspace_id, id, html_version < $3 and {condition} as is_old from {table}
where (workspace_id, id) > ($1, $2) order by workspace_id, id limit $4"""


def _read(table: str, columns: str, condition: str = "true") -> str:
    """SQL for a row, if it still is old. $1 workspace, $2 id, $3 version of the cleaner."""
    return f"""
select {columns} from {table}
where workspace_id = $1 and id = $2 and html_version < $3 and {condition}"""


def _mark(table: str) -> str:
    """SQL for a row whose HTML is as this version cleans it. As for `_read`, and $4 its version."""
    return f"""
update {table} set html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4
returning true"""


def _write_html(table: str) -> str:
    """SQL that replaces the HTML $4 of a row, if it still is that, with $5. As for `_read`."""
    return f"""
update {table} set html = $5, html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and html = $4
returning true"""


def _mark_html(table: str) -> str:
    """SQL for a row whose HTML, $4, is as this version cleans it. $1 workspace, $2 id, $3 version.

    True if it still is that one.
    """
    return f"""
update {table} set html_version = $3
where workspace_id = $1 and id = $2 and html = $4 and html_version < $3
returning true"""


FIND_THREADS = _find("threads", _SHOWN)
READ_THREAD = _read("threads", "version, text, ai_draft_html", _SHOWN)
MARK_THREAD = _mark("threads")

FIND_MESSAGES = _find("messages")
READ_MESSAGE = _read("messages", "html")
WRITE_MESSAGE = _write_html("messages")

FIND_COMMENTS = _find("comments", _SHOWN)
READ_COMMENT = _read("comments", "version, content", _SHOWN)
WRITE_COMMENT = """
update comments set content = $5, html_version = $3,
  version = version + (content <> $5)::int,
  updated_at = case when content = $5 then updated_at
    else greatest($6, updated_at + interval '1 ms') end
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4
returning true"""

FIND_ARTICLES = _find("doc_articles", _SHOWN)
READ_ARTICLE = _read("doc_articles", "version, html", _SHOWN)
MARK_ARTICLE = _mark_html("doc_articles")

FIND_ARTICLE_TRANSLATIONS = _find("doc_article_translations", "html is not null")
# The version is that of the article.
READ_ARTICLE_TRANSLATION = """
select a.version, tr.html, tr.language, tr.article_id
from doc_article_translations tr
join doc_articles a on a.workspace_id = tr.workspace_id and a.id = tr.article_id
  and a.deleted_at is null
where tr.workspace_id = $1 and tr.id = $2 and tr.html_version < $3"""
MARK_ARTICLE_TRANSLATION = _mark_html("doc_article_translations")

FIND_DRAFTS = _find("doc_drafts", f"{_SHOWN} and html is not null")
READ_DRAFT = _read("doc_drafts", "version, html", f"{_SHOWN} and html is not null")
MARK_DRAFT = _mark_html("doc_drafts")

FIND_CHANGELOGS = _find("changelogs", _SHOWN)
READ_CHANGELOG = _read("changelogs", "version, html", _SHOWN)
MARK_CHANGELOG = _mark("changelogs")

FIND_CHANGELOG_TRANSLATIONS = _find("changelog_translations")
READ_CHANGELOG_TRANSLATION = _read("changelog_translations", "html")
WRITE_CHANGELOG_TRANSLATION = _write_html("changelog_translations")
