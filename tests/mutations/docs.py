"""Of the help center: what drafts apply to, what moves together, and which images stay."""

from tests.mutations import Mutation

_DRAFTS = "src/looplane/doc_drafts/commands.py"
_RULES = "src/looplane/doc_drafts/rules.py"

DOCS = [
    Mutation(
        "a draft applies to any text",
        _RULES,
        'article["text_key"] == draft["article_text_key"]',
        'article["text_key"] is not None',
        "test_doc_drafts.py",
    ),
    Mutation(
        "a draft is looked at where it is to be locked",
        "src/looplane/doc_drafts/sql.py",
        "from doc_drafts where workspace_id = $1 and id = $2 and deleted_at is null for update",
        "from doc_drafts where workspace_id = $1 and id = $2 and deleted_at is null",
        "test_doc_draft_races.py",
    ),
    Mutation(
        "what was decided is decided anew",
        _DRAFTS,
        'if draft["status"] not in {*rules.UNDECIDED, *wanted}:',
        'if draft["status"] is None:',
        "test_doc_draft_review.py",
    ),
    Mutation(
        "images are looked for in none but the new content",
        "src/looplane/doc_articles/rules.py",
        "        if url not in kept\n",
        "        if url in kept\n",
        "test_doc_article_texts.py",
    ),
    Mutation(
        "articles move although one of them is not there",
        "src/looplane/doc_articles/commands.py",
        'context.raise_faults([*faults, *unknown_reference(sent, "group_id", "doc group", group)])',
        'context.raise_faults(unknown_reference(sent, "group_id", "doc group", group))',
        "test_doc_article_moves.py",
    ),
    Mutation(
        "articles stay in a group that is deleted",
        "src/looplane/doc_groups/commands.py",
        "        await move_locked(con, context, articles, None, write)\n",
        "",
        "test_doc_groups.py",
    ),
    Mutation(
        "a draft holds its article before its group",
        "src/looplane/doc_drafts/sql.py",
        'references={"group_id": GROUP, "article_id": ForeignKey("doc article", "doc_articles")},',
        'references={"article_id": ForeignKey("doc article", "doc_articles"), "group_id": GROUP},',
        "test_doc_draft_races.py",
    ),
    Mutation(
        "a little Markdown may mean any amount of HTML",
        "src/looplane/kit/rendering.py",
        "    if len(html) > MAX_RENDERED_LENGTH:\n",
        "    if len(html) > MAX_RENDERED_LENGTH**2:\n",
        "test_markdown.py",
    ),
]
