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
    """SQL that says of a row that its HTML is as this version cleans it, if it still is old.

    $1 workspace, $2 id, $3 version of the cleaner, $4 that of the row; true where that was done.
    """
    return f"""
update {table} set html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4
returning true"""


def _mark_translation(table: str) -> str:
    """The same for a row without a version of its own: $4 is its HTML."""
    return f"""
update {table} set html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and html = $4
returning true"""


def _write_html(table: str) -> str:
    """SQL that replaces the HTML $4 of a row, if it still is that, with $5. As for `_read`."""
    return f"""
update {table} set html = $5, html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and html = $4
returning true"""


def _hold(table: str, aggregate: str = "id") -> str:
    """SQL for a row, held, if it still is old and what it was. Parameters as those of `_mark`.

    `updated_at`, and `aggregate_id`: to whose history it belongs.
    """
    return f"""
select updated_at, {aggregate} as aggregate_id from {table}
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4 and {_SHOWN}
for update"""


FIND_THREADS = _find("threads", _SHOWN)
READ_THREAD = _read("threads", "version, text, ai_draft_html", _SHOWN)
MARK_THREAD = _mark("threads")

FIND_MESSAGES = _find("messages")
READ_MESSAGE = _read("messages", "html")
WRITE_MESSAGE = _write_html("messages")

FIND_COMMENTS = _find("comments", _SHOWN)
READ_COMMENT = _read("comments", "version, content", _SHOWN)
HOLD_COMMENT = _hold("comments", "thread_id")
MARK_COMMENT = _mark("comments")

FIND_SNIPPETS = _find("snippets", _SHOWN)
READ_SNIPPET = _read("snippets", "version, html", _SHOWN)
HOLD_SNIPPET = _hold("snippets")
MARK_SNIPPET = _mark("snippets")

FIND_ARTICLES = _find("doc_articles", _SHOWN)
READ_ARTICLE = _read("doc_articles", "version, html", _SHOWN)
MARK_ARTICLE = _mark("doc_articles")

FIND_ARTICLE_TRANSLATIONS = _find("doc_article_translations", "html is not null")
# The version is that of the article.
READ_ARTICLE_TRANSLATION = """
select a.version, tr.html, tr.language, tr.article_id
from doc_article_translations tr
join doc_articles a on a.workspace_id = tr.workspace_id and a.id = tr.article_id
  and a.deleted_at is null
where tr.workspace_id = $1 and tr.id = $2 and tr.html_version < $3"""
MARK_ARTICLE_TRANSLATION = _mark_translation("doc_article_translations")

FIND_DRAFTS = _find("doc_drafts", f"{_SHOWN} and html is not null")
READ_DRAFT = _read("doc_drafts", "version, html", f"{_SHOWN} and html is not null")
MARK_DRAFT = _mark("doc_drafts")

FIND_CHANGELOGS = _find("changelogs", _SHOWN)
READ_CHANGELOG = _read("changelogs", "version, html", _SHOWN)
MARK_CHANGELOG = _mark("changelogs")

FIND_CHANGELOG_TRANSLATIONS = _find("changelog_translations")
READ_CHANGELOG_TRANSLATION = _read("changelog_translations", "html")
WRITE_CHANGELOG_TRANSLATION = _write_html("changelog_translations")
