"""Of what comes in and goes out: bodies, queries, pages, HTML."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_PAGING = f"{_KIT}/paging.py"
_CONDITIONS = "src/looplane/kit/conditions.py"
_CURSORS = f"{_KIT}/cursors.py"
_HTML = f"{_KIT}/html.py"
_CLEANER = f"{_KIT}/html_cleaner.py"
_UPKEEP = "src/looplane/html_upkeep"
_REQUEST = f"{_KIT}/request.py"
_PAGES = "test_list_threads.py test_list_threads_pages.py test_every_operation.py"

CONTENT = [
    Mutation(
        "a cursor of another list is taken",
        _CURSORS,
        "if found != name or not isinstance(filters, dict):",
        "if not isinstance(filters, dict):",
        "test_pages.py",
    ),
    Mutation(
        "other filters than those of the cursor are taken",
        _PAGING,
        "decode_filters(query.cursor, type(query).__name__)",
        "decode_filters(query.cursor, type(query).__name__) | _filters(query)",
        _PAGES,
    ),
    Mutation(
        "a page begins with the last row of the one before",
        _PAGING,
        '{beyond} ({{0}})"',
        '{beyond}= ({{0}})"',
        "test_list_threads_pages.py",
    ),
    Mutation(
        "rows of the same moment are skipped",
        _PAGING,
        """place = f"({', '.join((*self._keys, self._id))}) {beyond} ({{0}})\"
            conditions.start_after(place, *values, id)""",
        """place = f"({', '.join(self._keys)}) {beyond} ({{0}})\"
            conditions.start_after(place, *values)""",
        "test_list_threads_pages.py",
    ),
    Mutation(
        "a page has any number of bytes",
        _PAGING,
        "PAGE_BYTES = 4_000_000",
        "PAGE_BYTES = 4_000_000_000",
        "test_pages.py",
    ),
    Mutation(
        "a list shows what was deleted",
        _CONDITIONS,
        "if not complete:",
        "if complete:",
        "test_delete_thread.py test_deletion_races.py",
    ),
    Mutation(
        "a list shows all workspaces",
        _CONDITIONS,
        'self._clauses = [f"{alias}.workspace_id = $1"]',
        'self._clauses = ["$1::uuid is not null"]',
        "test_foreign_names.py",
    ),
    Mutation(
        "a sign of a pattern finds everything",
        "migrations/2026-11-25_whole_api_names.sql",
        r"'([\\%_])'",
        r"'([\\_])'",
        "test_pages.py",
    ),
    Mutation(
        "changes since a moment are cut off",
        "src/looplane/queries.py",
        "if len(changed) < _MAX_RECENT:",
        "if True:",
        "test_pages.py",
    ),
    Mutation(
        "a duplicate key in JSON is no fault",
        _REQUEST,
        "allow_inf_nan=False, catch_duplicate_keys=True",
        "allow_inf_nan=False",
        "test_hostile_input.py",
    ),
    Mutation(
        "NaN is a number",
        _REQUEST,
        "allow_inf_nan=False, catch_duplicate_keys=True",
        "allow_inf_nan=True, catch_duplicate_keys=True",
        "test_hostile_input.py test_customer_needs.py",
    ),
    Mutation(
        "a body has any number of fields",
        _REQUEST,
        "_MAX_FIELDS = 200",
        "_MAX_FIELDS = 200_000",
        "test_limits.py",
    ),
    Mutation(
        "a list has any number of items",
        f"{_KIT}/schema.py",
        "if isinstance(value, list) and len(value) > limit:",
        "if False:",
        "test_hostile_input.py test_stated_limits.py",
    ),
    Mutation(
        "with faults in a body, what is right is written",
        "src/looplane/changes.py",
        "        context.raise_faults([*references.faults, *faults])\n",
        "        del faults\n",
        "test_companies.py test_every_operation.py test_foreign_ids.py",
    ),
    Mutation(
        "NUL goes to the database",
        f"{_KIT}/schema.py",
        'if "\\0" in text:',
        'if "\\1\\0" in text:',
        "test_hostile_input.py",
    ),
    Mutation(
        "an id has several spellings",
        f"{_KIT}/ids.py",
        "return id if str(id) == text else None",
        "return id",
        "test_every_operation.py",
    ),
    Mutation(
        "an address may be of any form",
        _HTML,
        "return url if url.lower().startswith(_STARTS[name]) else None",
        "return url",
        "test_html.py",
    ),
    Mutation(
        "a style may load what it names",
        _HTML,
        "(?:(?<=rgb)|(?<=hsl)|(?<=rgba)|(?<=hsla))",
        "(?:(?<=rgb)|(?<=hsl)|(?<=rgba)|(?<=hsla)|(?<=url))",
        "test_html_styles.py test_html.py",
    ),
    Mutation(
        "a style may be a position",
        _HTML,
        "|vertical-align|list-style-type|",
        "|vertical-align|position|list-style-type|",
        "test_html_styles.py test_html.py",
    ),
    Mutation(
        "a link tells where it stands",
        _HTML,
        'link_rel="noopener noreferrer nofollow",',
        'link_rel="noopener nofollow",',
        "test_html.py",
    ),
    Mutation(
        "HTML is cleaned once, and may come out otherwise the next time",
        _HTML,
        "        if safe == html:\n",
        "        if safe:\n",
        "test_html.py",
    ),
    Mutation(
        "HTML may be as deep as it likes",
        _HTML,
        "if len(safe) > longest or _is_deep(safe):",
        "if len(safe) > longest:",
        "test_html_work.py",
    ),
    Mutation(
        "large HTML is cleaned on the event loop",
        _CLEANER,
        "if len(html) <= _SHORT and html.count",
        "if len(html) <= 100 * _SHORT or html.count",
        "test_html_cleaner.py",
    ),
    Mutation(
        "a process may clean for ever",
        f"{_KIT}/html_process.py",
        "signal.setitimer(signal.ITIMER_PROF, SECONDS)",
        "signal.setitimer(signal.ITIMER_PROF, 0)",
        "test_html_cleaner_failures.py test_html_cleaner.py",
    ),
    Mutation(
        "a process that cleans has our secrets",
        _CLEANER,
        "for name in _ENVIRONMENT if name in os.environ}",
        "for name in os.environ}",
        "test_html_cleaner.py",
    ),
    Mutation(
        "a message that changed meanwhile is written over",
        f"{_UPKEEP}/sql.py",
        "update {self.name} set html = $5, html_version = $3\n"
        "where workspace_id = $1 and id = $2 and html_version < $3 and html = $4",
        "update {self.name} set html = $5, html_version = $3\n"
        "where workspace_id = $1 and id = $2 and html_version < $3 and $4::text is not null",
        "html_upkeep/test_meanwhile.py",
    ),
    Mutation(
        "an older cleaner undoes what a newer one did",
        "src/looplane/threads/commands.py",
        ' or row["html_version"] >= CLEANER_VERSION',
        "",
        "html_upkeep/test_meanwhile.py",
    ),
    Mutation(
        "words that stand for tangled HTML are HTML again",
        "src/looplane/kit/html_words.py",
        "escape(_words(html), quote=False)",
        "_words(html)",
        "html_upkeep/test_clean_old_html.py",
    ),
    Mutation(
        "a part without trigrams is looked for by them",
        f"{_KIT}/sqltext.py",
        r'[^\W_]{2}[\W_]|[\W_][^\W_]"',
        r'[^\W_][\W_]|[\W_][^\W_]"',
        "test_name_parts.py",
    ),
]
