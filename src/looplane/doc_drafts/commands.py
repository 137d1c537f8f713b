"""How drafts of articles are made, submitted and decided on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from looplane import changes, queries
from looplane.doc_articles.rules import image_faults, new_article
from looplane.doc_articles.sql import ARTICLE
from looplane.doc_drafts import rules, sql
from looplane.doc_drafts.schemas import DocDraftCreate
from looplane.events import Event, Values, as_write, difference, types_of, without
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id
from looplane.kit.markdown import html_columns
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer, or_404
from looplane.translations import language_columns


async def create_doc_draft(con: Connection, context: Context, body: DocDraftCreate) -> Answer:
    """Makes a proposal; nothing of the article changes yet. Raises ValidationFailed."""
    sent = body.model_dump()
    key = (context.workspace_id, reference_id(sent, "article_id"))
    article = await con.fetchrow(sql.FIND_ARTICLE, *key)
    present = None if article is None else article["html"]
    faults = [*rules.draft_faults(sent, context.faults), *image_faults(sent, present)]
    values = {
        **dict.fromkeys(sql.DRAFT.columns),
        **sent,
        "status": "open" if sent.get("submit_for_review") else "draft",
        "article_version": article and article["version"],
        "article_text_key": article and article["text_key"],
        "html_version": CLEANER_VERSION,
        **html_columns(sent),
        "author_id": context.member_id,
    }
    return await changes.create(con, context, sql.DRAFT, values, faults=faults)


async def submit_doc_draft(con: Connection, context: Context, id: UUID) -> Answer:
    """Opens a draft for review. Raises NotFound, PreconditionFailed, Conflict."""
    async with con.transaction():
        draft = await _lock_undecided(con, context, id, "open")
        if draft["status"] == "open":
            return await queries.get(con, context, sql.DRAFT, id)
        now = later_than(draft["updated_at"], context.clock)
        return await _store(con, context, draft, now, {"status": "open"}, "updated")


async def accept_doc_draft(con: Connection, context: Context, id: UUID) -> Answer:
    """Does what a draft proposes or, where that no longer applies, says so.

    Raises NotFound, PreconditionFailed, Conflict.
    """
    async with con.transaction():
        draft = await _lock_undecided(con, context, id, "accepted", "superseded")
        if draft["status"] not in rules.UNDECIDED:
            return await queries.get(con, context, sql.DRAFT, id)
        target = await _lock_target(con, context, draft)
        now = later_than(target.latest(draft["updated_at"]), context.clock)
        review = _review(context, now)
        if not rules.applies(draft, target.article, target.group):
            superseded = {"status": "superseded", **review}
            return await _store(con, context, draft, now, superseded, "superseded")
        change = _CHANGES[draft["kind"]](draft, target, now)
        accepted = {"status": "accepted", "article_id": change.article_id, **review}
        return await _store(con, context, draft, now, accepted, "accepted", change)


async def decline_doc_draft(con: Connection, context: Context, id: UUID) -> Answer:
    """Turns a draft down. Raises NotFound, PreconditionFailed, Conflict."""
    async with con.transaction():
        draft = await _lock_undecided(con, context, id, "rejected")
        if draft["status"] == "rejected":
            return await queries.get(con, context, sql.DRAFT, id)
        now = later_than(draft["updated_at"], context.clock)
        rejected = {"status": "rejected", **_review(context, now)}
        return await _store(con, context, draft, now, rejected, "rejected")


async def _lock_undecided(con: Connection, context: Context, id: UUID, *wanted: str) -> Row:
    """A draft that nobody has decided on, or that has one of the `wanted` statuses already.

    Nobody else can decide on it to the end of the transaction. Raises NotFound,
    PreconditionFailed, Conflict.
    """
    found = await con.fetchrow(sql.LOCK_DRAFT, context.workspace_id, id)
    draft = or_404(found, sql.DRAFT.noun)
    context.precondition.check(draft["version"])
    if draft["status"] not in {*rules.UNDECIDED, *wanted}:
        msg = f"This draft was decided on: it is {draft['status']}."
        raise Conflict(msg)
    return draft


@dataclass(frozen=True, slots=True)
class _Target:
    """What a draft is about, as far as it is there; nobody else can change the article now.

    `of_portal` is what a new article has of the portal that its group is in, as columns.
    """

    article: Row | None
    group: Row | None
    of_portal: Values

    def latest(self, moment: datetime) -> datetime:
        """The last moment at which the article or, at `moment`, the draft was changed."""
        return moment if self.article is None else max(moment, self.article["updated_at"])


async def _lock_target(con: Connection, context: Context, draft: Row) -> _Target:
    # The group comes first, as for everyone who puts an article into one.
    group = article = None
    if draft["group_id"] is not None:
        group = await con.fetchrow(sql.HOLD_GROUP, context.workspace_id, draft["group_id"])
    if draft["article_id"] is not None:
        article = await con.fetchrow(sql.LOCK_ARTICLE, context.workspace_id, draft["article_id"])
        return _Target(article, group, {})
    portal = group and group["portal_instance_id"]
    of_portal = {"portal_instance_id": portal and str(portal)}
    of_portal |= await language_columns(con, context, of_portal)
    return _Target(article, group, of_portal)


@dataclass(frozen=True, slots=True)
class _Change:
    """What an accepted draft does to an article: a statement, but for the workspace and the write.

    There is none where the article is already as the draft would have it.
    """

    article_id: UUID
    statement: str = ""
    args: tuple[object, ...] = ()
    events: tuple[Event, ...] = ()


def _edit(draft: Row, target: _Target, _now: datetime) -> _Change:
    article, id = target.article, draft["article_id"]
    assert article is not None, "an edit without its article does not apply"
    before, after = difference(dict(article), rules.proposed(draft))
    told = without(before, ARTICLE.internal), without(after, ARTICLE.internal)
    if not told[1]:
        return _Change(id)
    event = Event(ARTICLE.event_type("updated"), id, *told)
    return _Change(id, ARTICLE.update, (id, article["version"], after), (event,))


def _create(draft: Row, target: _Target, now: datetime) -> _Change:
    id = new_id()
    dates = {"created_at": now, "updated_at": now}
    columns = new_article({**rules.proposed(draft), **target.of_portal, **dates})
    event = Event(ARTICLE.event_type("created"), id)
    return _Change(id, ARTICLE.insert, (id, columns), (event,))


def _delete(draft: Row, _target: _Target, _now: datetime) -> _Change:
    id = draft["article_id"]
    return _Change(id, ARTICLE.delete, (id,), (Event(ARTICLE.event_type("deleted"), id),))


_CHANGES = {"edit": _edit, "create": _create, "delete": _delete}


def _review(context: Context, now: datetime) -> dict[str, object]:
    return {"reviewed_by_id": context.member_id, "reviewed_at": now}


async def _store(  # noqa: PLR0913  # what is written of a decision
    con: Connection,
    context: Context,
    draft: Row,
    now: datetime,
    columns: Values,
    verb: str,
    change: _Change | None = None,
) -> Answer:
    """Writes what becomes of a draft, and of its article, in one write."""
    was, becomes = {"status": draft["status"]}, {"status": columns["status"]}
    event = Event(sql.DRAFT.event_type(verb), draft["id"], was, becomes)
    events = [*(change.events if change else ()), event]
    write = as_write(context, now, events)
    if change is not None and change.statement:
        await con.execute(change.statement, context.workspace_id, *change.args, write)
    args = (context.workspace_id, draft["id"], draft["version"], columns, write)
    row = await con.fetchrow(sql.DRAFT.update, *args)
    assert row is not None, "a locked row cannot have moved"
    return Answer(row["body"], row["version"], types_of(events))
