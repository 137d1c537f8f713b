"""From content to rows: snippets, changelogs and the help center."""

from collections.abc import Sequence
from datetime import datetime

from looplane.broadcasts.rules import TARGETS
from looplane.demo.page_schemas import Changelog, DocDraft, Translation
from looplane.demo.rows import Row, ago, ident, stamps
from looplane.demo.schemas import Content
from looplane.kit.html import CLEANER_VERSION, clean
from looplane.kit.rendering import render
from looplane.translations import DEFAULT_LANGUAGE

# Days from the writing of a changelog to its date.
_WRITTEN_BEFORE = 0.8


def snippet_folders(content: Content, now: datetime) -> list[Row]:
    """Rows of `snippet_folders`."""
    return [
        {
            "id": ident("snippet_folder", folder.slug),
            "name": folder.name,
            **stamps(now, folder.age_days),
        }
        for folder in content.snippets.folders
    ]


def snippets(content: Content, now: datetime) -> list[Row]:
    """Rows of `snippets`."""
    return [
        {
            "id": ident("snippet", snippet.slug),
            "title": snippet.title,
            "html": clean("".join(snippet.html)),
            "html_version": CLEANER_VERSION,
            "folder_id": ident("snippet_folder", snippet.folder),
            **stamps(now, snippet.age_days),
        }
        for snippet in content.snippets.snippets
    ]


def changelog_tags(content: Content, now: datetime) -> list[Row]:
    """Rows of `changelog_tags`."""
    return [
        {
            **tag.model_dump(include={"name", "color", "icon"}),
            "id": ident("changelog_tag", tag.slug),
            **stamps(now, tag.age_days),
        }
        for tag in content.changelogs.tags
    ]


def changelogs(content: Content, now: datetime) -> list[Row]:
    """Rows of `changelogs`."""
    return [
        {
            "id": ident("changelog", each.slug),
            "title": each.title,
            **_markdown(each.content),
            "date": ago(now, days=each.age_days),
            "published": each.is_published,
            "archived": each.is_archived,
            "portal_instance_id": ident("portal", each.portal),
            **_languages(each.language, each.translations),
            **_changelog_moments(each, now),
        }
        for each in content.changelogs.changelogs
    ]


def _changelog_moments(changelog: Changelog, now: datetime) -> Row:
    moments = stamps(now, changelog.age_days + _WRITTEN_BEFORE, changelog.age_days)
    if changelog.broadcast is None:
        return {**moments, "broadcast_at": None}
    sent = ago(now, hours=changelog.broadcast.age_hours)
    return {**moments, "broadcast_at": sent, "updated_at": sent}


def changelog_tag_links(content: Content, _now: datetime) -> list[Row]:
    """Rows of `changelog_tag_links`."""
    return [
        {"changelog_id": ident("changelog", each.slug), "tag_id": ident("changelog_tag", tag)}
        for each in content.changelogs.changelogs
        for tag in each.tags
    ]


def changelog_translations(content: Content, now: datetime) -> list[Row]:
    """Rows of `changelog_translations`."""
    return [
        {
            "id": ident("changelog_translation", f"{each.slug}/{translation.language}"),
            "changelog_id": ident("changelog", each.slug),
            "language": translation.language,
            "title": translation.title,
            **_markdown(translation.content),
            **stamps(now, each.age_days),
        }
        for each in content.changelogs.changelogs
        for translation in each.translations
    ]


def broadcasts(content: Content, now: datetime) -> list[Row]:
    """Rows of `broadcasts`: mails to whoever had subscribed by then."""
    members = {member.slug: member for member in content.workspace.members}
    return [
        {
            "id": ident("broadcast", each.slug),
            "changelog_id": ident("changelog", each.slug),
            "event_id": ident("event", f"broadcast/{each.slug}"),
            "message": each.broadcast.message,
            "sender_name": members[each.broadcast.sender].name,
            "from_email": members[each.broadcast.sender].email,
            "recipients": _subscribed(content, each.broadcast.age_hours),
            "created_at": ago(now, hours=each.broadcast.age_hours),
        }
        for each in content.changelogs.changelogs
        if each.broadcast is not None
    ]


def broadcast_deliveries(content: Content, now: datetime) -> list[Row]:
    """Rows of `deliveries` for broadcasts."""
    return [
        {
            "id": ident("delivery", f"broadcast/{each.slug}"),
            "event_id": ident("event", f"broadcast/{each.slug}"),
            "kind": "broadcast",
            "target": TARGETS["email"],
            "subject_id": ident("broadcast", each.slug),
            "state": "delivered",
            "attempts": 1,
            "delivered_by": "console",
            "created_at": ago(now, hours=each.broadcast.age_hours),
            "updated_at": ago(now, hours=each.broadcast.age_hours),
        }
        for each in content.changelogs.changelogs
        if each.broadcast is not None
    ]


def _subscribed(content: Content, age_hours: float) -> int:
    age_days = age_hours / 24
    return sum(each.is_subscribed and each.age_days > age_days for each in content.contacts)


def doc_groups(content: Content, now: datetime) -> list[Row]:
    """Rows of `doc_groups`."""
    return [
        {
            "id": ident("doc_group", group.slug),
            "name": group.name,
            "position": position,
            **stamps(now, group.age_days),
        }
        for position, group in enumerate(content.help_groups, 1)
    ]


def doc_articles(content: Content, now: datetime) -> list[Row]:
    """Rows of `doc_articles`, all of them published."""
    shown = {"title", "summary", "visibility", "show_on_home_page", "icon", "version"}
    return [
        {
            **article.model_dump(include=shown),
            "id": ident("doc_article", article.slug),
            **_markdown(article.content),
            "group_id": ident("doc_group", article.group),
            "published": True,
            **_languages(DEFAULT_LANGUAGE, article.translations),
            **stamps(now, article.age_days, article.updated_age_days),
        }
        for article in content.help_articles
    ]


def doc_article_translations(content: Content, now: datetime) -> list[Row]:
    """Rows of `doc_article_translations`."""
    return [
        {
            "id": ident("doc_article_translation", f"{article.slug}/{translation.language}"),
            "article_id": ident("doc_article", article.slug),
            **translation.model_dump(include={"language", "title", "summary"}),
            **_markdown(translation.content),
            **stamps(now, article.updated_age_days),
        }
        for article in content.help_articles
        for translation in article.translations
    ]


def doc_drafts(content: Content, now: datetime) -> list[Row]:
    """Rows of `doc_drafts`."""
    return [
        {
            **draft.model_dump(include={"kind", "status", "article_version", "title"}),
            "id": ident("doc_draft", draft.slug),
            "article_id": ident("doc_article", draft.article),
            **_markdown(draft.content),
            "group_id": ident("doc_group", draft.group),
            "author_id": ident("member", draft.author),
            "reviewed_by_id": ident("member", draft.reviewed_by),
            **_review_moments(draft, now),
        }
        for draft in content.help_drafts
    ]


def _review_moments(draft: DocDraft, now: datetime) -> Row:
    moments = stamps(now, draft.age_days, draft.reviewed_age_days)
    reviewed = None if draft.reviewed_age_days is None else moments["updated_at"]
    return {**moments, "reviewed_at": reviewed}


def _markdown(lines: Sequence[str]) -> Row:
    """What is stored of Markdown."""
    markdown = "\n".join(lines)
    html = clean(render(markdown))
    return {"content": markdown, "html": html, "html_version": CLEANER_VERSION}


def _languages(own: str, translations: Sequence[Translation]) -> Row:
    others = {translation.language for translation in translations}
    return {"language": own, "languages": sorted({own, *others})}
