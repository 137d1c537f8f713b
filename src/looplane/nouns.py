"""Every noun: its operations, in the order in which they are matched, its rows and its events."""

from looplane.broadcasts.routes import api as broadcasts
from looplane.caught_mail.routes import api as caught_mail
from looplane.caught_mail.sql import CAUGHT_MAIL
from looplane.changelog_tags.commands import INVERSES as CHANGELOG_TAG_INVERSES
from looplane.changelog_tags.routes import api as changelog_tags
from looplane.changelog_tags.sql import CHANGELOG_TAG
from looplane.changelogs.commands import INVERSES as CHANGELOG_INVERSES
from looplane.changelogs.routes import api as changelogs
from looplane.changelogs.sql import CHANGELOG
from looplane.comments.commands import INVERSES as COMMENT_INVERSES
from looplane.comments.routes import api as comments
from looplane.comments.sql import COMMENT
from looplane.companies.merges.commands import INVERSES as COMPANY_INVERSES
from looplane.companies.merges.routes import api as company_merges
from looplane.companies.routes import api as companies
from looplane.companies.sql import COMPANY
from looplane.contacts.blocked_senders.routes import api as blocked_senders
from looplane.contacts.blocked_senders.sql import BLOCKED_SENDER
from looplane.contacts.memberships.routes import api as memberships
from looplane.contacts.routes import api as contacts
from looplane.contacts.sql import CONTACT
from looplane.counts.routes import api as counts
from looplane.customer_needs.of_contact.routes import api as contact_needs
from looplane.customer_needs.routes import api as customer_needs
from looplane.deliveries.mending.commands import EVENT_TYPES as MENDING_EVENTS
from looplane.deliveries.mending.routes import api as delivery_mending
from looplane.deliveries.queues.commands import EVENT_TYPES as QUEUE_EVENTS
from looplane.deliveries.queues.routes import api as delivery_queues
from looplane.deliveries.routes import api as deliveries
from looplane.delivery.dead.commands import EVENT_TYPES as DELIVERY_EVENTS
from looplane.doc_articles.routes import api as doc_articles
from looplane.doc_articles.sql import ARTICLE
from looplane.doc_drafts.routes import api as doc_drafts
from looplane.doc_drafts.sql import DRAFT
from looplane.doc_groups.commands import INVERSES as DOC_GROUP_INVERSES
from looplane.doc_groups.routes import api as doc_groups
from looplane.doc_groups.sql import DOC_GROUP
from looplane.event_feed.routes import api as event_feed
from looplane.files.routes import api as files
from looplane.files.sql import FILE
from looplane.held_messages.routes import api as held_messages
from looplane.inverses import Inverses
from looplane.issues.commands import INVERSES as ISSUE_INVERSES
from looplane.issues.routes import api as issues
from looplane.issues.sql import ISSUE
from looplane.keys.commands import INVERSES as KEY_INVERSES
from looplane.keys.routes import api as keys, me_api as me
from looplane.keys.sql import KEY
from looplane.loops.routes import api as loops
from looplane.mailboxes.bounces.commands import EVENT_TYPES as BOUNCE_EVENTS
from looplane.mailboxes.bounces.routes import api as bounces
from looplane.mailboxes.bounces.sql import BOUNCED_ADDRESS
from looplane.mailboxes.routes import api as mailboxes
from looplane.mailboxes.sql import MAILBOX
from looplane.members.commands import INVERSES as MEMBER_INVERSES
from looplane.members.invites.sql import INVITE
from looplane.members.profile.routes import api as profile
from looplane.members.routes import api as members
from looplane.members.sql import MEMBER
from looplane.messages.frames.routes import api as frames
from looplane.messages.routes import api as messages
from looplane.notices.routes import api as notices
from looplane.outgoing_files.routes import api as outgoing_files
from looplane.portal.routes import api as portal
from looplane.portal.sql import PORTAL_INSTANCE
from looplane.presence.routes import api as presence
from looplane.projects.commands import INVERSES as PROJECT_INVERSES
from looplane.projects.routes import api as projects
from looplane.projects.sql import PROJECT
from looplane.resource_inverses import inverses_of
from looplane.sessions.credentials.routes import api as credentials
from looplane.sessions.links.routes import api as links
from looplane.sessions.routes import api as sessions
from looplane.sessions.second_factor.routes import api as second_factor
from looplane.sessions.sign_in.routes import api as sign_in
from looplane.slack.routes import api as slack
from looplane.slack.sql import SLACK_CONNECTION
from looplane.snippet_folders.commands import INVERSES as SNIPPET_FOLDER_INVERSES
from looplane.snippet_folders.routes import api as snippet_folders
from looplane.snippet_folders.sql import SNIPPET_FOLDER
from looplane.snippets.routes import api as snippets
from looplane.snippets.sql import SNIPPET
from looplane.tag_groups.commands import INVERSES as TAG_GROUP_INVERSES
from looplane.tag_groups.routes import api as tag_groups
from looplane.tag_groups.sql import TAG_GROUP
from looplane.tags.commands import INVERSES as TAG_INVERSES
from looplane.tags.routes import api as tags
from looplane.tags.sql import TAG
from looplane.threads.bulk.routes import api as bulk
from looplane.threads.children.sql import MESSAGE_EVENTS, NEED_EVENTS
from looplane.threads.reading.routes import api as reading
from looplane.threads.routes import api as threads
from looplane.threads.sql import THREAD
from looplane.threads.undo.commands import INVERSES as THREAD_INVERSES
from looplane.undo.routes import api as undo
from looplane.unsent.routes import api as unsent
from looplane.views.commands import INVERSES as VIEW_INVERSES
from looplane.views.routes import api as views
from looplane.views.sql import VIEW
from looplane.webhooks.replay.routes import api as webhook_replays
from looplane.webhooks.routes import api as webhooks
from looplane.webhooks.sql import WEBHOOK

APIS = (
    bulk,
    threads,
    views,
    messages,
    comments,
    blocked_senders,
    contacts,
    memberships,
    contact_needs,
    companies,
    company_merges,
    tag_groups,
    tags,
    projects,
    issues,
    customer_needs,
    snippet_folders,
    snippets,
    changelog_tags,
    changelogs,
    broadcasts,
    doc_groups,
    doc_articles,
    doc_drafts,
    portal,
    members,
    keys,
    slack,
    files,
    mailboxes,
    bounces,
    caught_mail,
    webhooks,
    webhook_replays,
    delivery_queues,
    delivery_mending,
    deliveries,
    me,
    event_feed,
    undo,
)
# What the inbox needs beyond them.
APP_APIS = (
    sessions,
    sign_in,
    links,
    credentials,
    second_factor,
    profile,
    counts,
    loops,
    presence,
    unsent,
    outgoing_files,
    held_messages,
    reading,
    frames,
    notices,
)
RESOURCES = (
    THREAD,
    VIEW,
    COMMENT,
    BLOCKED_SENDER,
    CONTACT,
    COMPANY,
    TAG_GROUP,
    TAG,
    PROJECT,
    ISSUE,
    SNIPPET_FOLDER,
    SNIPPET,
    CHANGELOG_TAG,
    CHANGELOG,
    DOC_GROUP,
    ARTICLE,
    DRAFT,
    PORTAL_INSTANCE,
    MEMBER,
    INVITE,
    KEY,
    SLACK_CONNECTION,
    FILE,
    MAILBOX,
    BOUNCED_ADDRESS,
    CAUGHT_MAIL,
    WEBHOOK,
)
EVENT_TYPES = (
    *(each for noun in RESOURCES for each in noun.event_types),
    *NEED_EVENTS,
    *MESSAGE_EVENTS,
    *DELIVERY_EVENTS,
    *BOUNCE_EVENTS,
    *MENDING_EVENTS,
    *QUEUE_EVENTS,
)

# What a key needs to see the events of a noun, and to take them back, by the first part of their
# types.
SCOPES_OF_EVENTS = {
    "thread": ("threads:read", "threads:write"),
    "view": ("threads:read", "threads:write"),
    "message": ("threads:read", "messages:write"),
    "comment": ("threads:read", "comments:write"),
    "customer_need": ("threads:read", "threads:write"),
    "blocked_sender": ("contacts:read", "contacts:write"),
    "contact": ("contacts:read", "contacts:write"),
    "company": ("companies:read", "companies:write"),
    "tag_group": ("tags:read", "tags:write"),
    "tag": ("tags:read", "tags:write"),
    "project": ("projects:read", "projects:write"),
    "issue": ("issues:read", "issues:write"),
    "snippet_folder": ("snippets:read", "snippets:write"),
    "snippet": ("snippets:read", "snippets:write"),
    "changelog_tag": ("changelogs:read", "changelogs:write"),
    "changelog": ("changelogs:read", "changelogs:write"),
    "doc_group": ("docs:read", "docs:write"),
    "doc": ("docs:read", "docs:write"),
    "doc_draft": ("docs:read", "docs:write"),
    "portal_instance": ("portal:read", "admin"),
    "membership": ("admin", "admin"),
    "invite": ("admin", "admin"),
    "key": ("admin", "admin"),
    "slack_connection": ("admin", "admin"),
    "file": ("files:write", "files:write"),
    "mailbox": ("admin", "admin"),
    "bounced_address": ("admin", "admin"),
    "caught_mail": ("admin", "admin"),
    "webhook": ("admin", "admin"),
    "delivery": ("admin", "admin"),
}
# What a key needs to see events of each type.
SCOPES_OF_EVENT_TYPES = {each: SCOPES_OF_EVENTS[each.partition(".")[0]][0] for each in EVENT_TYPES}
# How writes are taken back, by the types of their events. What is not here cannot be: messages that
# were sent, keys that were made or ended, members who joined, invites, files, drafts, broadcasts.
INVERSES: Inverses = {
    **inverses_of(BLOCKED_SENDER),
    **THREAD_INVERSES,
    **VIEW_INVERSES,
    **COMMENT_INVERSES,
    **COMPANY_INVERSES,
    **TAG_GROUP_INVERSES,
    **TAG_INVERSES,
    **PROJECT_INVERSES,
    **ISSUE_INVERSES,
    **SNIPPET_FOLDER_INVERSES,
    **CHANGELOG_TAG_INVERSES,
    **CHANGELOG_INVERSES,
    **DOC_GROUP_INVERSES,
    **inverses_of(PORTAL_INSTANCE),
    **MEMBER_INVERSES,
    **KEY_INVERSES,
}
