"""The shape of the files in content/, but for what is written for readers (`page_schemas`).

Things are named by slug, ages count backwards from the moment of seeding, and HTML is a list of
pieces that are joined as they stand.
"""

from typing import Literal

from pydantic import Field, JsonValue

from looplane.demo.page_schemas import Changelogs, DocArticle, DocDraft, DocGroup, Html, Snippets
from looplane.kit.schema import Color, Email, StrictModel
from looplane.threads.listing.schemas import Sort, ThreadFilter
from looplane.translations import Language


class Member(StrictModel):
    slug: str
    name: str
    email: Email
    role: Literal["ADMIN", "USER", "VIEWER"]
    watches_new_threads: bool
    age_days: float


class Portal(StrictModel):
    slug: str
    name: str
    language: Language
    age_days: float


class Invite(StrictModel):
    slug: str
    name: str
    email: Email
    role: Literal["ADMIN", "USER", "VIEWER"]
    invited_by: str
    age_days: float


class BlockedSender(StrictModel):
    type: Literal["EMAIL", "DOMAIN"]
    value: str
    age_days: float


class Workspace(StrictModel):
    name: str
    mailbox: Email
    members: list[Member]
    portals: list[Portal]
    invites: list[Invite]
    blocked_senders: list[BlockedSender]


class Company(StrictModel):
    slug: str
    name: str
    domains: list[str]
    size: int | None
    revenue: int | None
    status: str | None
    tier: str | None
    owner: str | None
    external_ids: list[str]
    age_days: float


class CompanyMerge(StrictModel):
    """A company that went into another, with the contacts and threads that moved.

    The other one is described as it is after the merge.
    """

    slug: str
    source: Company
    into: str
    contacts: list[str]
    threads: list[str]
    age_hours: float


class Contact(StrictModel):
    """`also_of` are companies beside the primary one."""

    slug: str
    name: str | None
    email: Email
    company: str | None
    also_of: list[str] = Field(default_factory=list)
    is_subscribed: bool = True
    external_ids: dict[str, str] = Field(default_factory=dict)
    age_days: float


class TagGroup(StrictModel):
    slug: str
    name: str
    color: Color
    age_days: float


class Tag(TagGroup):
    group: str
    icon: str


class Tags(StrictModel):
    groups: list[TagGroup]
    tags: list[Tag]


class Project(StrictModel):
    slug: str
    name: str
    description: str
    status: str
    icon: str
    color: Color
    is_visible: bool
    age_days: float
    updated_age_days: float | None = None


class Issue(StrictModel):
    slug: str
    title: str
    description: str
    state: str
    priority: int
    project: str | None
    assignee: str | None
    labels: list[str] = Field(default_factory=list)
    is_visible: bool = False
    age_days: float
    updated_age_days: float | None = None


class Message(StrictModel):
    """`delivery`: what became of a mail of ours, where that is to be seen."""

    age_hours: float
    sender: str = Field(alias="from")
    cc: list[str] = Field(default_factory=list)
    delivery: Literal["delivered", "dead"] | None = None
    html: Html


class Comment(StrictModel):
    """`mentions` are the members whom the text names, `mention_ids` those who are listed."""

    age_hours: float
    author: str
    mentions: list[str] = Field(default_factory=list)
    mention_ids: list[str] = Field(default_factory=list)
    html: Html


class Need(StrictModel):
    """One of the two is set."""

    issue: str | None = None
    project: str | None = None
    priority: float


class Draft(StrictModel):
    """Being written, failed, or there: whichever age is set."""

    started_age_hours: float | None = None
    error_age_hours: float | None = None
    generated_age_hours: float | None = None
    html: Html | None = None
    sources: list[dict[str, JsonValue]] | None = None


class Thread(StrictModel):
    """`project` is the link made by the thread's own field, `needs` are the others.

    `company` only where it is not the contact's. A negative age of the last snooze: a message
    woke the thread before its time.
    """

    slug: str
    title: str | None
    contact: str
    company: str | None = None
    origin: str
    state: Literal["new", "open", "snoozed", "done", "closed"]
    pain_level: Literal["UNKNOWN", "LOW", "MEDIUM", "HIGH"]
    assignee: str | None = None
    reporter: str | None = None
    is_read: bool
    tags: list[str]
    project: str | None = None
    needs: list[Need] = Field(default_factory=list)
    external_ids: dict[str, str] = Field(default_factory=dict)
    snoozed_days: int | None = None
    last_snoozed_until_age_hours: float | None = None
    state_changed_age_hours: float | None = None
    draft: Draft = Draft()
    messages: list[Message]
    comments: list[Comment] = Field(default_factory=list)


class View(StrictModel):
    """A shared one; they stand in the order of the file."""

    slug: str
    name: str
    owner: str
    filters: ThreadFilter
    sort: Sort
    age_days: float


class Content(StrictModel):
    workspace: Workspace
    companies: list[Company]
    company_merges: list[CompanyMerge]
    contacts: list[Contact]
    tags: Tags
    projects: list[Project]
    issues: list[Issue]
    threads: list[Thread]
    views: list[View]
    snippets: Snippets
    changelogs: Changelogs
    help_groups: list[DocGroup]
    help_articles: list[DocArticle]
    help_drafts: list[DocDraft]
