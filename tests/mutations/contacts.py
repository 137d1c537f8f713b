"""Of contacts and companies: whose company, who is blocked, and what a merge moves."""

from tests.mutations import Mutation

_MERGES = "src/looplane/companies/merges"
_RACES = "test_company_merge_races.py"

CONTACTS = [
    Mutation(
        "a company that was merged is linked to",
        "migrations/2026-11-25_whole_api_contacts.sql",
        "if v_merged_into is not null then",
        "if false then",
        _RACES,
    ),
    Mutation(
        "two merges hold their companies in their own orders",
        f"{_MERGES}/sql.py",
        "order by id for update",
        "order by id",
        _RACES,
    ),
    Mutation(
        "what was moved elsewhere goes back",
        f"{_MERGES}/sql.py",
        "where t.workspace_id = $1 and t.company_id = p.survivor and t.deleted_at is null\n",
        "where t.workspace_id = $1 and t.deleted_at is null\n",
        "test_company_merges.py",
    ),
    Mutation(
        "of a merge only the first batch comes back",
        f"{_MERGES}/sql.py",
        "select (select count(*) from moved) as count from batch",
        "select nullif((select count(*) from moved), 0) as count from batch",
        "test_company_merge_batches.py",
    ),
    Mutation(
        "the latest company left takes the primary place",
        "src/looplane/contacts/memberships/commands.py",
        "first = left[0] if left else None",
        "first = left[-1] if left else None",
        "test_contact_companies.py",
    ),
    Mutation(
        "a domain that several claim is the first one's",
        "src/looplane/contacts/sql.py",
        "case when count(*) = 1 then (array_agg(id))[1] end",
        "(array_agg(id))[1]",
        "test_company_domains.py",
    ),
    Mutation(
        "whoever waits for a merge joins no company",
        "src/looplane/contacts/sql.py",
        "where o.workspace_id = $1 and o.id = (",
        "where o.workspace_id = $1 and o.deleted_at is null and o.id = (",
        _RACES,
    ),
    Mutation(
        "a domain above is not blocked with",
        "src/looplane/contacts/blocked_senders/rules.py",
        "for i in range(len(labels) - 1))",
        "for i in range(1))",
        "test_blocked_senders.py",
    ),
]
