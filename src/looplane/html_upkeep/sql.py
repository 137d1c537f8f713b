"""Statements on HTML that an older version of the cleaner has cleaned, in all workspaces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table with HTML, from whose declaration its statements are made.

    `fields` are the columns with HTML. Only rows that meet `shown` are gone over: what was deleted
    is shown nowhere. `aggregate` is the column with the thing to whose history a row belongs, and
    `reading` is a statement of its own where a row is read together with another one.

    In all statements $1 is the workspace, $2 the id, and $3 the version of the cleaner: a row is
    old while it has a lower one. Those that write answer true where they did.
    """

    name: str
    fields: tuple[str, ...]
    shown: str = "deleted_at is null"
    has_version: bool = True
    aggregate: str = "id"
    reading: str = ""

    @property
    def find(self) -> str:
        """The $4 rows after that one, in the order of their keys, old or not.

        So no look takes long, however few are old.
        """
        return f"""
select workspace_id, id, html_version < $3 and {self.shown} as is_old from {self.name}
where (workspace_id, id) > ($1, $2) order by workspace_id, id limit $4"""

    @property
    def read(self) -> str:
        """A row, if it still is old."""
        columns = ", ".join((*self.fields, *(["version"] if self.has_version else [])))
        plain = f"""
select {columns} from {self.name}
where workspace_id = $1 and id = $2 and html_version < $3 and {self.shown}"""
        return self.reading or plain

    @property
    def hold(self) -> str:
        """A row, held, if it still is old and at the version $4: `updated_at`, `aggregate_id`."""
        return f"""
select updated_at, {self.aggregate} as aggregate_id from {self.name}
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4 and {self.shown}
for update"""

    @property
    def mark(self) -> str:
        """Says of a row at the version $4 that its HTML is as this version cleans it."""
        return f"""
update {self.name} set html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and version = $4
returning true"""

    @property
    def replace(self) -> str:
        """Puts $5 in place of the HTML $4 of a row, if it still is that."""
        return f"""
update {self.name} set html = $5, html_version = $3
where workspace_id = $1 and id = $2 and html_version < $3 and html = $4
returning true"""


THREADS = HtmlTable("threads", ("text", "ai_draft_html"))
MESSAGES = HtmlTable("messages", ("html",), shown="true", has_version=False)
COMMENTS = HtmlTable("comments", ("content",), aggregate="thread_id")
SNIPPETS = HtmlTable("snippets", ("html",))
ARTICLES = HtmlTable("doc_articles", ("html",))
ARTICLE_TRANSLATIONS = HtmlTable(
    "doc_article_translations",
    ("html",),
    shown="html is not null",
    # The version is that of the article.
    reading="""
select a.version, tr.html, tr.language, tr.article_id
from doc_article_translations tr
join doc_articles a on a.workspace_id = tr.workspace_id and a.id = tr.article_id
  and a.deleted_at is null
where tr.workspace_id = $1 and tr.id = $2 and tr.html_version < $3""",
)
DRAFTS = HtmlTable("doc_drafts", ("html",), shown="deleted_at is null and html is not null")
UNSENT_TEXTS = HtmlTable("unsent_texts", ("html",), shown="true", has_version=False)
HELD_MESSAGES = HtmlTable("held_messages", ("html",), shown="state = 'held'", has_version=False)
CHANGELOGS = HtmlTable("changelogs", ("html",))
CHANGELOG_TRANSLATIONS = HtmlTable(
    "changelog_translations", ("html",), shown="true", has_version=False
)
