"""A body for each operation of the API, and ids for its path; sent unchanged to the demo, it works.

The contract shows them, and the reader of the API offers them to be tried.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from looplane.demo.rows import ident

Body = dict[str, Any]

_IN_PATH = re.compile(r"((?:[\w-]+/)?([\w-]+))/\{(\w+)\}")


def _id(noun: str, slug: str) -> str:
    """The id of something in the demo."""
    return str(ident(noun, slug))


_THREAD = _id("thread", "third-month-in-a-row")
_ARTICLE = _id("doc_article", "refunds")
_PROJECT = _id("project", "offline-sheets")

# What a path names, by its last words before the id.
_THINGS: Mapping[str, str] = {
    "threads": _THREAD,
    "comments": _id("comment", "third-month-in-a-row/1"),
    "views": _id("view", "unassigned"),
    "contacts": _id("contact", "ruth-ashdown"),
    "companies": _id("company", "ashdown"),
    "tags": _id("tag", "bug"),
    "tags/groups": _id("tag_group", "kind"),
    "projects": _PROJECT,
    "issues": _id("issue", "double-booking"),
    "snippets": _id("snippet", "welcome"),
    "folders": _id("snippet_folder", "money"),
    "changelogs": _id("changelog", "po-number"),
    "changelog-tags": _id("changelog_tag", "new"),
    "docs/groups": _id("doc_group", "getting-started"),
    "docs/articles": _ARTICLE,
    "docs/drafts": _id("doc_draft", "locked-sheets"),
    "instances": _id("portal", "de"),
    "members": _id("member", "kwame"),
    "invites": _id("invite", "linnea-aalto"),
}

# What a mail server says of a mail that it could not hand on.
_BOUNCE = b64encode(
    b"From: mailer-daemon@mail.example\r\n"
    b"To: support@rungwell.example\r\n"
    b"Subject: Undelivered\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="part"\r\n\r\n'
    b"--part\r\nContent-Type: text/plain\r\n\r\nThere is nobody of that name.\r\n"
    b"--part\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mail.example\r\n\r\n"
    b"Final-Recipient: rfc822; nobody@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"--part\r\nContent-Type: message/rfc822-headers\r\n\r\n"
    b"Message-ID: <a-mail-of-ours@rungwell.example>\r\n\r\n--part--\r\n"
).decode()

BODIES: Mapping[str, Body] = {
    "threads-bulk": {
        "ids": [_THREAD, _id("thread", "fourteen-tenants")],
        "update": {"pain_level": "HIGH"},
    },
    "threads-update": {"title": "The export stops half-way", "status": "done"},
    "threads-create": {
        "text": "<p>The export stops half-way, at about row 4,000.</p>",
        "pain_level": "MEDIUM",
        "contact_email": "ruth@ashdown-daughter.example",
        "title": "The export stops half-way",
    },
    "threads-addTag": {"tag_id": _id("tag", "praise")},
    "views-create": {
        "name": "Pain that is high",
        "filters": {"status": ["open"], "pain_level": ["HIGH"]},
        "is_shared": True,
    },
    "views-update": {"name": "Nobody's yet"},
    "threads-sendMessage": {"content": "Thank you, I am **looking into it**."},
    "comments-create": {"content": "Their export has 12,000 rows."},
    "comments-update": {"content": "Their export has 14,000 rows."},
    "blockedSenders-create": {"type": "DOMAIN", "value": "loud-offers.example"},
    "contacts-create": {"email": "ada@quarry-lane.example", "name": "Ada Moss"},
    "contacts-update": {"name": "Ruth Ashdown-Hale", "is_subscribed": True},
    "contacts-addCompany": {"company_id": _id("company", "glasbrook")},
    "companies-create": {
        "name": "Quarry Lane Roofing",
        "domains": ["quarry-lane.example"],
        "size": 12,
    },
    "companies-update": {"size": 9, "owner_id": _id("member", "ines")},
    "companies-merge": {"source_id": _id("company", "verrier")},
    "companies-unmerge": {"source_id": _id("company", "verrier")},
    "tags-createGroup": {"name": "Season", "color": "#f59e0b"},
    "tags-updateGroup": {"name": "What it is", "color": "#6366f1"},
    "tags-create": {
        "name": "Before the audit",
        "color": "#f59e0b",
        "icon": "calendar",
        "tag_group_id": _id("tag_group", "follow-up"),
    },
    "tags-update": {"name": "A bug", "color": "#ef4444"},
    "projects-create": {
        "name": "Exports that end",
        "team_id": _id("team", "Rungwell"),
        "description": "Every export comes to its end, or says why not.",
    },
    "projects-update": {"linear_status_id": _id("project_status", "Shipped")},
    "issues-create": {
        "title": "The export stops at row 4,000",
        "team_id": _id("team", "Rungwell"),
        "state_id": _id("workflow_state", "Todo"),
        "priority": 2,
    },
    "issues-update": {"state_id": _id("workflow_state", "Done")},
    "customerNeeds-create": {"project_ids": [_PROJECT], "priority": 1},
    "snippets-createFolder": {"name": "Exports"},
    "snippets-updateFolder": {"name": "Money and invoices"},
    "snippets-create": {
        "title": "The export is ready",
        "html": "<p>Your export is ready; it is in the menu at the top.</p>",
        "folder_id": _id("snippet_folder", "step-by-step"),
    },
    "snippets-update": {"title": "Welcome"},
    "changelogTags-create": {"name": "Beta", "color": "#6366f1"},
    "changelogTags-update": {"name": "Brand new"},
    "changelogs-create": {
        "title": "Exports that end",
        "content": "Every export comes to its end, **or says why not**.",
        "published": False,
        "tag_ids": [_id("changelog_tag", "improved")],
    },
    "changelogs-update": {"title": "Order numbers on every invoice"},
    "changelogs-broadcast": {"email": True, "subject": "Order numbers on every invoice"},
    "docs-createGroup": {"name": "Exports"},
    "docs-updateGroup": {"name": "First steps"},
    "docs-createArticle": {
        "title": "Export everything",
        "content": "# Export everything\n\nOpen the menu and choose **Export**.",
        "group_id": _id("doc_group", "getting-started"),
        "published": True,
    },
    "docs-moveArticles": {
        "article_ids": [_ARTICLE],
        "group_id": _id("doc_group", "getting-started"),
    },
    "docs-updateArticle": {"summary": "When money goes back, and how long it takes."},
    "docs-createDraft": {
        "kind": "create",
        "title": "What an export has in it",
        "content": "An export has every job of the chosen months.",
        "group_id": _id("doc_group", "getting-started"),
    },
    "portal-createInstance": {"name": "Rungwell en français", "slug": "fr", "language": "fr"},
    "portal-updateInstance": {"name": "Rungwell für alle"},
    "members-createInvite": {
        "email": "noor@rungwell.example",
        "name": "Noor Haddad",
        "role": "USER",
    },
    "members-update": {"role": "ADMIN"},
    "keys-create": {
        "scopes": ["threads:read", "threads:write"],
        "label": "Nightly import",
        "kind": "program",
    },
    "keys-update": {"label": "Import of every night"},
    "slackConnections-create": {"token": "xoxb-000000000000-example"},
    "slackConnections-update": {"notification_channel": "C0123456789"},
    "slackConnections-test": {"channel": "C0123456789"},
    "files-import": {
        "content_base64": "cm93LHNhaWQKMSxUaGUgZXhwb3J0IGlzIGNvbXBsZXRlLgo=",
        "file_name": "export.csv",
        "content_type": "text/csv",
    },
    "mailboxes-create": {
        "name": "Support",
        "address": "support@rungwell.example",
        "smtp_host": "smtp.rungwell.example",
        "smtp_port": 587,
        "username": "support",
        "password": "the password of the mailbox",
    },
    "mailboxes-update": {"daily_budget": 2000},
    "mailboxes-test": {"to": "maren@rungwell.example"},
    "mailboxes-reportBounce": {"content_base64": _BOUNCE},
    "webhooks-create": {
        "url": "https://hooks.rungwell.example/looplane",
        "events": ["thread.*", "message.*"],
        "label": "Our own board",
    },
    "webhooks-update": {"label": "The board", "events": ["thread.*"]},
    "webhooks-rotateSecret": {"former_hours": 24},
    "webhooks-replay": {
        "created_after": "2026-01-01T00:00:00.000Z",
        "created_before": "2026-01-02T00:00:00.000Z",
    },
    "deliveries-pauseQueue": {"channel": "email", "reason": "The mailbox moves today."},
    "deliveries-resumeQueue": {"channel": "email"},
    "deliveries-bulkRetry": {"filter": {"channel": "email", "state": "dead"}},
    "deliveries-bulkCancel": {"filter": {"channel": "webhook"}},
    "deliveries-retry": {"again": False},
}


def add_examples(contract: dict[str, Any]) -> None:
    """Puts them into a contract, beside the parameters and bodies that they are examples of."""
    for path, operations in contract["paths"].items():
        if "servers" in operations:  # the inbox's own, which takes no key
            continue
        ids = _path_examples(path)
        for operation in operations.values():
            if isinstance(operation, dict):
                _add_to(operation, ids)


def _add_to(operation: dict[str, Any], ids: Mapping[str, str]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "path" and parameter["name"] in ids:
            parameter["example"] = ids[parameter["name"]]
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        content["application/json"]["example"] = BODIES[operation["operationId"]]


def _path_examples(path: str) -> dict[str, str]:
    """The ids that may stand in a path, by the name of the parameter."""
    found = {
        name: _THINGS.get(words) or _THINGS.get(word)
        for words, word, name in _IN_PATH.findall(path)
    }
    return {name: id for name, id in found.items() if id is not None}
