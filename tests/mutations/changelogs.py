"""Of changelogs: their translations, their tags, and what is broadcast."""

from tests.mutations import Mutation

_TRANSLATIONS = "src/looplane/translations.py"
_TESTS = "test_translations.py"

CHANGELOGS = [
    Mutation(
        "a translation is written over the thing's own text",
        _TRANSLATIONS,
        "rest = tuple(name for name in self.resource.columns if name not in self.fields)",
        "rest = self.resource.columns",
        _TESTS,
    ),
    Mutation(
        "a translation forgets what it is not told again",
        _TRANSLATIONS,
        "from jsonb_populate_record(coalesce(({present}), null::{self.table}), $5) as r",
        "from jsonb_populate_record(null::{self.table}, $5) as r",
        _TESTS,
    ),
    Mutation(
        "a list in a language shows what there is in no such one",
        _TRANSLATIONS,
        'conditions.add(f"{{0}} = any ({translations.resource.alias}.languages)", language)',
        'conditions.add("{0}::text is not null", language)',
        _TESTS,
    ),
    Mutation(
        "what changes elsewhere is not held from the start",
        "src/looplane/changes.py",
        "is_locked=decision.needs_lock",
        "is_locked=False",
        f"{_TESTS} test_lost_updates.py",
    ),
    Mutation(
        "what is named in a list may go meanwhile",
        "src/looplane/foreign_keys.py",
        "return f\"array({self.statement(f'any ({value}::uuid[])')} for key share)\"",
        "return f\"array({self.statement(f'any ({value}::uuid[])')})\"",
        "test_deletion_races.py",
    ),
    Mutation(
        "what is removed has the version that it had",
        "src/looplane/resources.py",
        '{self._recorded_as(f"{alias}.version + 1 as version")}',
        "{self._shown_and_recorded}",
        "test_changelog_tags.py",
    ),
    Mutation(
        "the main portal shows what every portal has",
        "src/looplane/portal_references.py",
        "= '{_MAIN_PORTAL}'::uuid and {column} is null))\"",
        "= '{_MAIN_PORTAL}'::uuid))\"",
        "test_changelogs.py",
    ),
    Mutation(
        "publishing again is told again",
        "src/looplane/changelogs/rules.py",
        'and not (before and before["published"])',
        "",
        "test_changelogs.py",
    ),
    Mutation(
        "a changelog is broadcast twice at once",
        "src/looplane/broadcasts/rules.py",
        'if changelog["is_planned"]:',
        "if False:",
        "test_broadcasts.py",
    ),
    Mutation(
        "a subject may begin another header",
        "src/looplane/broadcasts/schemas.py",
        r'_LINE = r"[^\x00-\x1f\x7f]+"',
        r'_LINE = r"[^\x00]+"',
        "test_broadcasts.py",
    ),
]
