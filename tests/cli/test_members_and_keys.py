"""`looplane member accept`, and keys that end or are good from some addresses only."""

import json
from typing import Any

import pytest

from looplane.kit.keys import digest
from tests.cli.conftest import Ask, ask


@pytest.fixture
def token(url: str, workspace: str) -> str:
    """The token of an invite."""
    ask(
        url,
        "insert into invites (workspace_id, id, email, name, role, expires_at, created_at,"
        " updated_at) values ($1, $1, 'ada@acme.example', 'Ada', 'ADMIN', now() + '1 day', now(),"
        " now())",
        workspace,
    )
    made = f"lli_{workspace}"
    statement = "insert into invite_tokens values ($1, $2, $1, now())"
    ask(url, statement, workspace, digest(made))
    return made


def events(url: str, workspace: str) -> list[tuple[str, str]]:
    statement = (
        "select type, actor->>'rule' as rule from events where workspace_id = $1 order by id"
    )
    return [(row["type"], row["rule"]) for row in ask(url, statement, workspace)]


def test_an_invite_is_accepted_once(looplane: Ask, url: str, workspace: str, token: str) -> None:
    made = looplane("member", "accept", token, "--json").document
    assert (made["email"], made["name"], made["role"]) == ("ada@acme.example", "Ada", "ADMIN")
    assert "accepted already" in looplane("member", "accept", token).complaint
    assert "unknown" in looplane("member", "accept", "lli_0").complaint
    assert {each[0] for each in events(url, workspace)} == {"membership.joined", "invite.accepted"}


def test_who_is_made_a_member_joins(looplane: Ask, url: str, workspace: str) -> None:
    words = ["--workspace", workspace, "--email", "b@acme.example", "--name", "B"]
    looplane("member", "create", *words)
    assert events(url, workspace) == [("membership.joined", "member create")]


def listed(looplane: Ask, workspace: str) -> dict[str, Any]:
    (key,) = looplane("key", "list", "--workspace", workspace, "--json").document["data"]
    return dict(key)


def test_a_key_with_bounds(looplane: Ask, url: str, workspace: str) -> None:
    words = ["--workspace", workspace, "--expires-at", "2999-01-31T10:30:00+01:00"]
    words += ["--allowed-ips", "10.0.0.0/8, ::ffff:203.0.113.7"]
    made = looplane("key", "create", *words, "--json").document
    key = listed(looplane, workspace)
    assert key["expires_at"] == made["expires_at"] == "2999-01-31T09:30:00.000Z"
    assert key["allowed_ips"] == made["allowed_ips"] == ["10.0.0.0/8", "203.0.113.7"]
    assert (key["last_used_at"], key["is_active"]) == (None, True)
    assert made["key"] not in json.dumps(key)
    text = looplane("key", "list", "--workspace", workspace).out
    assert "from: 10.0.0.0/8, 203.0.113.7" in text
    assert "expires 2999-01-31" in text
    looplane("key", "revoke", made["id"], "--workspace", workspace)
    looplane("key", "revoke", made["id"], "--workspace", workspace)
    assert events(url, workspace) == [("key.created", "key create"), ("key.revoked", "key revoke")]


def test_a_key_that_has_ended_is_not_active(looplane: Ask, url: str, workspace: str) -> None:
    looplane("key", "create", "--workspace", workspace)
    ask(url, "update api_keys set expires_at = '2020-01-01Z', last_used_at = '2019-05-06Z'")
    assert not listed(looplane, workspace)["is_active"]
    assert "last used 2019-05-06, expires 2020-01-01" in (
        looplane("key", "list", "--workspace", workspace).out
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--expires-at", "tomorrow"], 2, "date-time"),
        (["--expires-at", "2020-01-01T00:00:00Z"], 1, "future"),
        (["--allowed-ips", "10.0.0.1/8,here"], 2, "203.0.113.0/24"),
    ],
)
def test_bounds_that_are_none(
    looplane: Ask, workspace: str, words: list[str], code: int, told: str
) -> None:
    outcome = looplane("key", "create", "--workspace", workspace, *words)
    assert outcome.code == code
    assert told in outcome.complaint
    assert not looplane("key", "list", "--workspace", workspace, "--json").document["data"]


def test_a_link_signs_a_member_in(looplane: Ask, url: str, workspace: str) -> None:
    words = ["--workspace", workspace, "--email", "link@acme.example", "--name", "Link"]
    id = looplane("member", "create", *words, "--json").document["id"]
    asked = ["member", "sign-in-link", "LINK@acme.example", "--workspace", workspace]
    address, _, token = looplane(*asked, "--json").document["url"].partition("#")
    assert address.endswith("/sign-in-link")
    stored = ask(
        url, "select member_id, purpose, used_at from sign_in_links where hash = $1", digest(token)
    )
    assert [(str(each["member_id"]), *tuple(each)[1:]) for each in stored] == [
        (id, "sign_in", None)
    ]
    asked[2] = "nobody@acme.example"
    assert "no such member" in looplane(*asked).complaint
