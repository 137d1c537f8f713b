"""The texts of the demo: what the API would take, and what is good to read."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from pydantic import BaseModel

from looplane.changelog_tags.schemas import ChangelogTagCreate
from looplane.changelogs.schemas import ChangelogCreate
from looplane.contacts.blocked_senders.rules import spelled
from looplane.contacts.blocked_senders.schemas import BlockedSenderCreate
from looplane.demo.page_rows import changelogs, doc_articles
from looplane.demo.page_schemas import Changelog, DocArticle, DocTranslation, Translation
from looplane.demo.schemas import Content
from looplane.demo.seed import read_content
from looplane.doc_articles.schemas import DocArticleCreate, DocArticlePatch
from looplane.doc_drafts.rules import draft_faults
from looplane.doc_drafts.schemas import DocDraftCreate
from looplane.issues.schemas import IssueCreate
from looplane.kit.schema import ExternalIds
from looplane.members.invites.schemas import InviteCreate
from looplane.snippets.schemas import SnippetCreate
from looplane.threads.schemas import ThreadPatch
from tests.test_demo_content import NOW

# Words of an article.
SHORTEST, LONGEST = 150, 400


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content()


def lines(text: list[str]) -> str:
    return "\n".join(text)


def articles(content: Content) -> list[DocArticle | DocTranslation]:
    """Each article in each of its languages."""
    translated = (text for each in content.help_articles for text in each.translations)
    return [*content.help_articles, *translated]


def changelog_texts(content: Content) -> list[Changelog | Translation]:
    """Each changelog in each of its languages."""
    entries = content.changelogs.changelogs
    return [*entries, *(text for each in entries for text in each.translations)]


def bodies(content: Content) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    """What would have to be sent for each thing."""
    for text in articles(content):
        body = {"title": text.title, "content": lines(text.content), "summary": text.summary}
        yield DocArticleCreate, body | {"group_id": "g"}
    for each in content.help_articles:
        look = each.model_dump(include={"visibility", "show_on_home_page", "icon"})
        yield DocArticlePatch, look
    for entry in changelog_texts(content):
        body = {"title": entry.title, "content": lines(entry.content), "language": entry.language}
        yield ChangelogCreate, body
    for tag in content.changelogs.tags:
        yield ChangelogTagCreate, tag.model_dump(include={"name", "color", "icon"})
    for snippet in content.snippets.snippets:
        yield SnippetCreate, {"title": snippet.title, "html": "".join(snippet.html)}
    for invite in content.workspace.invites:
        yield InviteCreate, invite.model_dump(include={"name", "email", "role"})
    for sender in content.workspace.blocked_senders:
        yield BlockedSenderCreate, sender.model_dump(include={"type", "value"})
    for issue in content.issues:
        body = issue.model_dump(include={"title", "description", "priority", "is_visible"})
        rest = {"team_id": "t", "state_id": "s", "label_ids": issue.labels}
        yield IssueCreate, body | rest


def test_pages_are_what_the_api_would_take(content: Content) -> None:
    for schema, body in bodies(content):
        sent = schema.model_validate(body).model_dump(exclude_unset=True)
        assert sent == body


def test_senders_are_spelled_as_they_are_kept(content: Content) -> None:
    for sender in content.workspace.blocked_senders:
        assert spelled({"type": sender.type, "value": sender.value}) == (sender.value, [])


def test_drafts_are_what_the_api_would_take(content: Content) -> None:
    for draft in content.help_drafts:
        body = {
            "kind": draft.kind,
            "article_id": draft.article,
            "group_id": draft.group,
            "title": draft.title,
            "content": lines(draft.content),
        }
        sent = {name: value for name, value in body.items() if value is not None}
        assert DocDraftCreate.model_validate(sent).model_dump(exclude_unset=True) == sent
        assert draft_faults(sent) == []


def test_articles_are_long_enough_and_not_too_long(content: Content) -> None:
    for text in articles(content):
        count = len(re.findall(r"\w+", lines(text.content)))
        assert (text.title, SHORTEST <= count <= LONGEST) == (text.title, True)


def test_articles_name_others_by_their_titles(content: Content) -> None:
    titles = {article.title.casefold() for article in content.help_articles}
    named = set()
    for article in content.help_articles:
        for line in article.content:
            # Italics that begin a point of a list are a heading of it.
            for words in re.findall(r"(?<![*\d.-]) ?(?<!\*)\*(\w[^*]+)\*(?!\*)", line):
                if len(words.split()) > 2 and not re.match(r"(-|\d+\.) \*", line):
                    assert words.casefold() in titles
                    assert words.casefold() != article.title.casefold()
                    named.add(words.casefold())
    assert len(named) >= len(titles) / 2


def test_articles_of_every_group_and_every_visibility(content: Content) -> None:
    groups = Counter(article.group for article in content.help_articles)
    assert groups.keys() == {group.slug for group in content.help_groups}
    assert min(groups.values()) >= 3
    seen = {article.visibility for article in content.help_articles}
    assert seen == {"public", "agent", "internal", "unlisted"}


def test_changelogs_of_a_year(content: Content) -> None:
    published = [each for each in content.changelogs.changelogs if each.is_published]
    ages = sorted(each.age_days for each in published)
    assert 340 < ages[-1] < 365
    gaps = [later - sooner for sooner, later in pairwise(ages)]
    assert min(gaps) > 0
    assert max(gaps) < 40
    assert len(content.changelogs.changelogs) - len(published) == 2
    assert sum(each.is_archived for each in content.changelogs.changelogs) == 1
    tags = {tag.slug for tag in content.changelogs.tags}
    assert {tag for each in content.changelogs.changelogs for tag in each.tags} == tags
    # As the icons of that set are called.
    icons = [tag.icon or "" for tag in content.changelogs.tags]
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", icon) for icon in icons)


def test_markdown_is_rendered(content: Content) -> None:
    rows = [*doc_articles(content, NOW), *changelogs(content, NOW)]
    html = "".join(str(row["html"]) for row in rows)
    for tag in ("<h2>", "<table>", "<pre><code>", "<ol>", "<ul>", "<strong>", "<em>"):
        assert tag in html
    words = re.sub(r"<pre>.*?</pre>|<code>.*?</code>|<[^>]+>", " ", html, flags=re.DOTALL)
    assert re.findall(r"\*\*|```|\|\s*-|(?m:^#+ )", words) == []


def test_content_is_what_the_api_would_take(content: Content) -> None:
    for thread in content.threads:
        ExternalIds.model_validate(thread.external_ids)
        if thread.draft.sources:
            patch = ThreadPatch.model_validate({"ai_draft_sources": thread.draft.sources})
            sent = patch.model_dump(exclude_unset=True)
            assert sent == {"ai_draft_sources": thread.draft.sources}
    for company in content.companies:
        for domain in company.domains:
            assert re.search(r"[0-9a-z-]+\.(?:(?:co|or|gv|ac|com)\.)?[a-z]{2,7}$", domain)
    assert all(re.fullmatch("([A-Z][a-z0-9]*)+", tag.icon) for tag in content.tags.tags)


def test_every_address_is_reserved(content: Content) -> None:
    addresses = [content.workspace.mailbox, *(member.email for member in content.workspace.members)]
    addresses += [contact.email for contact in content.contacts]
    hosts = {address.partition("@")[2] for address in addresses}
    text = content.model_dump_json()
    hosts |= set(re.findall(r"https?://([\w.-]+)", text))
    assert len(hosts) > 20
    reserved = re.compile(r"(.+\.example|(.+\.)?example\.(com|net|org))")
    assert [host for host in hosts if not reserved.fullmatch(host)] == []


def test_no_two_threads_share_a_phrase(content: Content) -> None:
    heard = defaultdict(set)
    for thread in content.threads:
        said = [*(m.html for m in thread.messages), *(c.html for c in thread.comments)]
        for html in [*said, thread.draft.html or []]:
            words = re.findall(r"\w+", re.sub("<[^>]+>", " ", " ".join(html)).lower())
            for start in range(len(words) - 4):
                heard[" ".join(words[start : start + 5])].add(thread.slug)
    assert len(heard) > 5000
    assert {phrase: slugs for phrase, slugs in heard.items() if len(slugs) > 1} == {}


def test_each_slug_names_one_thing(content: Content) -> None:
    people = [member.slug for member in content.workspace.members]
    people += [contact.slug for contact in content.contacts]
    companies = [company.slug for company in content.companies]
    threads = [thread.slug for thread in content.threads]
    for slugs in (people, companies, threads):
        assert [slug for slug, count in Counter(slugs).items() if count > 1] == []
