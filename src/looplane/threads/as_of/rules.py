"""How a thread is put together as it was at a moment, of what was found of that time. Pure.

What a thread shows of other things is taken from their own events, where these are as new as the
event of the thread, which has them as they were then; else from that one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.kit.clock import iso
from looplane.threads.as_of.moves.rules import Merge, Place, move_contact, move_thread
from looplane.threads.schemas import Tab

Json = dict[str, Any]
_MILLISECOND = timedelta(milliseconds=1)
ALWAYS = datetime.min.replace(tzinfo=UTC)
# The endings of the types of events after which a thing is not there.
_ENDINGS = (".deleted", ".removed")
# What the types of events begin with that tell of things which refer to another one.
_REFERRING = ("contact.", "company.")
_LINKS = ("contact", "company", "assignee", "reporter")
_USER_REF = ("id", "name", "email", "image_url")


class UnknownPastError(Exception):
    """What was so at a moment cannot be told; from `since` on it can, if that is known."""

    def __init__(self, since: datetime | None = None) -> None:
        super().__init__("the past is not known")
        self.since = since


@dataclass(frozen=True, slots=True)
class Link:
    """What a thread refers to, by id, and since when it does as far as is known."""

    id: str | None = None
    since: datetime = ALWAYS


@dataclass(frozen=True, slots=True)
class PastThread:
    """A thread as its last event shows it, or where none is kept, its row; `at` is when it did.

    `links` and `tag_ids` are also of what was not there at that moment, and so are `hidden_needs`;
    `refs` are the company of the contact and the owner of the company. A row is as it is now.
    """

    body: Json
    at: datetime
    links: Mapping[str, Link]
    tag_ids: Sequence[str] = ()
    hidden_needs: Sequence[Json] = ()
    refs: Mapping[str, str | None] = field(default_factory=dict)
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class LastEvent:
    """The last event of a thing at a moment; `ref` as in PastThread.refs."""

    type: str
    at: datetime
    body: Json
    ref: str | None = None

    @property
    def is_end(self) -> bool:
        """Whether the thing is not there after it. Of what was erased, events show what is left."""
        return self.type.endswith(_ENDINGS) or is_rewritten(self.body, self.at)


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing as it was, and since when as far as is known."""

    body: Json
    since: datetime


@dataclass(frozen=True, slots=True)
class PastComment:
    """A comment as its last event `at` a moment shows it, or its row where none is kept."""

    body: Json
    at: datetime | None
    author_id: str | None


def is_rewritten(body: Json, at: datetime) -> bool:
    """Whether an event of that moment shows what is newer: what was erased since."""
    updated_at = body.get("updated_at")
    return updated_at is not None and datetime.fromisoformat(updated_at) > at


def tab_of(thread: Json, member_id: UUID | None) -> Tab:
    """The tab of a thread as a member sees it; it comes with the one that nobody sees."""
    tab: Tab = thread["tab"]
    assignee = thread["assignee"]
    is_mine = member_id is not None and assignee and assignee["id"] == str(member_id)
    if tab != "open" or not is_mine:
        return tab
    inbound, outbound = thread["last_inbound_message_at"], thread["last_outbound_message_at"]
    waits = outbound is None or (inbound is not None and inbound > outbound)
    return "needs-response" if waits else "my"


def links_of(
    body: Json, at: datetime, told: Mapping[str, Any], oldest: Mapping[str, Any]
) -> dict[str, Link]:
    """What a thread refers to: what it shows, or else what was told of it before."""
    return {name: _link(name, body, at, told, oldest) for name in _LINKS}


def _link(
    name: str, body: Json, at: datetime, told: Mapping[str, Any], oldest: Mapping[str, Any]
) -> Link:
    if body[name] is not None:
        return Link(body[name]["id"], at)
    if (last := told.get(f"{name}_id")) is not None:
        return Link(last["value"], datetime.fromisoformat(last["at"]))
    return Link(oldest[name], datetime.fromisoformat(oldest["at"]))


@dataclass(frozen=True, slots=True)
class Past:
    """All that was found of the time `at` and before; `events` are those of things, by their id."""

    thread: PastThread
    at: datetime
    events: Mapping[str, LastEvent] = field(default_factory=dict)
    merges: Sequence[Merge] = ()

    def first_ids(self) -> set[str]:
        """The ids of what the thread refers to, and of what that refers to as it shows it."""
        body, links = self.thread.body, self.thread.links
        ids = {link.id for link in links.values()} | {*self.thread.tag_ids}
        ids |= {tag["id"] for tag in body["tags"]} | {_target(need) for need in self._needs()}
        ids |= {each for merge in self.merges for each in (merge.source_id, merge.survivor_id)}
        shown = (body["contact"], body["company"])
        ids |= {id for each in shown for id in _refs(each or {})} | set(self.thread.refs.values())
        return {id for id in ids if id is not None}

    def next_ids(self) -> set[str]:
        """The ids of what those refer to."""
        named = [each for each in self.events.values() if each.type.startswith(_REFERRING)]
        ids = {id for each in named for id in (each.ref, *_refs(each.body))}
        return {id for id in ids if id is not None and id not in self.events}

    def thread_then(self) -> Json:
        """The thread as nobody in particular saw it; its tags in no order."""
        body = dict(self.thread.body)
        place = self._company()
        body |= {"updated_at": place.updated_at, "contact": self._contact()}
        body["company"] = self._company_then(place)
        for name in ("assignee", "reporter"):
            body[name] = self.member(self.thread.links[name].id, body[name], self.thread.at)
        shown = {tag["id"]: tag for tag in body["tags"]}
        ids = dict.fromkeys([*shown, *self.thread.tag_ids])
        tags = (self._see(id, shown.get(id), self.thread.at) for id in ids)
        body["tags"] = [tag.body for tag in tags if tag is not None]
        needs = [need for need in self._needs() if self._is_shown(need)]
        body["customer_needs"] = sorted(needs, key=lambda need: (need["created_at"], need["id"]))
        return body

    def member(self, id: str | None, shown: Json | None, since: datetime) -> Json | None:
        """A member as other things show one, of what was shown of them at a moment."""
        found = self._see(id, shown, since)
        return None if found is None else {name: found.body[name] for name in _USER_REF}

    def comment_then(self, comment: PastComment) -> Json:
        """A comment as it was. Raises UnknownPastError."""
        body, at = comment.body, comment.at
        if is_rewritten(body, self.at):
            if at is None:
                raise UnknownPastError(datetime.fromisoformat(body["updated_at"]))
            body = {**body, "updated_at": iso(at)}
        since = at or ALWAYS
        mentions = [self.member(each["id"], each, since) for each in body["mentions"]]
        author = self.member(comment.author_id, body["author"], since)
        return {**body, "author": author, "mentions": [each for each in mentions if each]}

    def _needs(self) -> Iterator[Json]:
        yield from self.thread.body["customer_needs"]
        yield from self.thread.hidden_needs

    def _is_shown(self, need: Json) -> bool:
        """A need is shown while what it asks for is there."""
        event = self.events.get(_target(need))
        if event is not None and event.at >= self.thread.at:
            return not event.is_end
        return self.thread.is_row or need in self.thread.body["customer_needs"]

    def _see(self, id: str | None, shown: Json | None, since: datetime) -> Seen | None:
        """A thing that showed as `shown`, or not at all, at the moment `since`.

        Raises UnknownPastError where only what is so now is known, and may have been otherwise.
        """
        if id is None:
            return None
        event = self.events.get(id)
        if event is not None and event.at >= since:
            return None if event.is_end else Seen(event.body, event.at)
        if self.thread.is_row and (shown is None or is_rewritten(shown, self.at)):
            raise UnknownPastError(datetime.fromisoformat(shown["updated_at"]) if shown else None)
        return None if shown is None else Seen(shown, since)

    def _company(self) -> Place:
        link, at = self.thread.links["company"], self.thread.at
        place = Place(link.id, self.thread.body["updated_at"])
        return move_thread(place, self.merges, link.since, at)

    def _company_then(self, place: Place) -> Json | None:
        shown, since = self.thread.body["company"], self.thread.at
        if place.moved_at is not None:
            shown, since = None, ALWAYS
        if (found := self._see(place.company_id, shown, since)) is None:
            return None
        return {**found.body, "owner": self._owner(str(place.company_id), found)}

    def _owner(self, company_id: str, company: Seen) -> Json | None:
        shown: Json | None = company.body["owner"]
        id = shown["id"] if shown else self._ref(company_id, "company")
        event = self.events.get(str(id))
        if id is None or event is None or event.at < company.since:
            self._require_known(id, event, shown, company.since)
            return shown
        if event.is_end:
            return None
        return {"id": id, "name": event.body["name"], "avatar_url": event.body["image_url"]}

    def _contact(self) -> Json | None:
        id, shown = self.thread.links["contact"].id, self.thread.body["contact"]
        if (found := self._see(id, shown, self.thread.at)) is None:
            return None
        shown_id, updated_at = found.body["company_id"], found.body["updated_at"]
        since = found.since
        if found.body is shown:
            # The thread shows it as it was after a merge, where that was before.
            since = max(since, datetime.fromisoformat(updated_at) + _MILLISECOND)
        place = Place(shown_id or self._ref(str(id), "contact"), updated_at)
        place = move_contact(place, self.merges, since)
        is_there = shown_id is not None or place.moved_at is not None
        event = self.events.get(str(place.company_id))
        if event is not None and event.at >= (place.moved_at or found.since):
            is_there = not event.is_end
        elif not is_there:
            self._require_known(place.company_id, event, None, found.since)
        company_id = place.company_id if is_there else None
        return {**found.body, "company_id": company_id, "updated_at": place.updated_at}

    def _ref(self, id: str, name: str) -> str | None:
        """What a contact or a company refers to and did not show."""
        event = self.events.get(id)
        return self.thread.refs.get(name) if event is None else event.ref

    def _require_known(
        self, id: str | None, event: LastEvent | None, shown: Json | None, since: datetime
    ) -> None:
        """Raises UnknownPastError for what a row refers to now, if nothing tells of it then."""
        is_of_row = self.thread.is_row and since == ALWAYS
        if is_of_row and id is not None and event is None and shown is None:
            raise UnknownPastError


def members_of(comment: PastComment) -> Iterator[str]:
    """The ids of those whom a comment shows."""
    yield from (each["id"] for each in comment.body["mentions"])
    if comment.author_id is not None:
        yield comment.author_id


def _target(need: Json) -> str:
    """What a need asks for."""
    return str(need["project_id"] or need["issue_id"])


def _refs(body: Json) -> Iterator[str | None]:
    """What a contact or a company shows of what it refers to."""
    yield body.get("company_id")
    yield (body.get("owner") or {}).get("id")
