"""Of issues, scores, and the ends that threads are told of."""

from tests.mutations import Mutation

_TABLES = "migrations/2026-11-25_whole_api_issues.sql"
_ISSUES = "src/looplane/issues"
_SCORES = "src/looplane/scores/sql.py"

ISSUES = [
    Mutation(
        "a new need counts for nothing",
        _TABLES,
        "case tg_op when 'INSERT' then 1 else -1 end",
        "case tg_op when 'INSERT' then 0 else -1 end",
        "test_scores.py",
    ),
    Mutation(
        "a need that is taken away goes on counting",
        _TABLES,
        "case tg_op when 'INSERT' then 1 else -1 end",
        "case tg_op when 'INSERT' then 1 else 0 end",
        "test_scores.py",
    ),
    Mutation(
        "a need goes on counting with the priority that it had",
        _TABLES,
        "from (select *, -1 as sign from old_needs union all select *, 1 from new_needs) n",
        "from (select *, 0 as sign from old_needs union all select *, 0 from new_needs) n",
        "test_scores.py",
    ),
    Mutation(
        "a need counts as before when its thread hurts more",
        _TABLES,
        "when (old.pain_level is distinct from new.pain_level\n    or ",
        "when (",
        "test_scores.py",
    ),
    Mutation(
        "the needs of a deleted thread go on counting",
        _TABLES,
        "or (old.deleted_at is null) is distinct from (new.deleted_at is null))",
        "or false)",
        "test_scores.py",
    ),
    Mutation(
        "a score is written for each need of a statement",
        _TABLES,
        "    group by workspace_id, project_id, issue_id) s",
        "    group by workspace_id, project_id, issue_id, thread_id) s",
        "test_scores.py",
    ),
    Mutation(
        "who asks is looked up before others are kept from asking",
        f"{_ISSUES}/commands.py",
        'holds_row="state_id" in sent,',
        "holds_row=False,",
        "test_endings.py",
    ),
    Mutation(
        "the end of an issue names threads that are deleted",
        _SCORES,
        "and t.id = n.thread_id and t.deleted_at is null",
        "and t.id = n.thread_id",
        "test_endings.py",
    ),
    Mutation(
        "an issue gets a state of another team",
        f"{_ISSUES}/rules.py",
        'if found["team_id"] in {None, found["chosen_team_id"]}:',
        "if True:",
        "test_issues.py",
    ),
    Mutation(
        "an issue goes on naming a project that is deleted",
        f"{_ISSUES}/sql.py",
        "\n  and ip.deleted_at is null",
        "",
        "test_issues.py",
    ),
    Mutation(
        "a page of what counted begins where floating point says",
        _SCORES,
        'key = "s.contribution::double precision"',
        'key = "s.contribution"',
        "test_score_contributions.py",
    ),
]
