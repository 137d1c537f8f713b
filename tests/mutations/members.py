"""Of members, invites and keys: who stays, what opens once, and what nobody sees twice."""

from tests.mutations import Mutation

_AUTHENTICATION = "src/looplane/kit/authentication.py"
_INVITES = "src/looplane/members/invites"
_RULES = "src/looplane/keys/rules.py"

MEMBERS = [
    Mutation(
        "two admins who go at once do not wait for each other",
        "src/looplane/members/sql.py",
        'LOCK_TEAM = "select from workspaces where id = $1 for no key update"',
        'LOCK_TEAM = "select from workspaces where id = $1"',
        "test_member_changes.py",
    ),
    Mutation(
        "an admin who left counts as another one",
        "src/looplane/members/sql.py",
        "    \" and o.role = 'ADMIN' and o.deleted_at is null) as has_other_admin\"",
        "    \" and o.role = 'ADMIN') as has_other_admin\"",
        "test_member_changes.py",
    ),
    Mutation(
        "an invite opens as often as its token is sent",
        f"{_INVITES}/rules.py",
        'if invite["state"] != "PENDING":',
        "if False:",
        "test_invites.py",
    ),
    Mutation(
        "an invite that was taken back opens",
        f"{_INVITES}/sql.py",
        "where t.hash = $1 and i.deleted_at is null",
        "where t.hash = $1",
        "test_invites.py",
    ),
    Mutation(
        "a new key is kept with the answer that shows it",
        "src/looplane/kit/writes.py",
        "await idempotency.insert(con, *self._slot, self.fingerprint, headers, answer.body, now)",
        "await idempotency.insert(con, *self._slot, self.fingerprint, headers,"
        " answer.shown_once or answer.body, now)",
        "test_keys.py",
    ),
    Mutation(
        "a key gives scopes that it lacks",
        _RULES,
        'return [scope for scope in _texts(wanted, "scopes") if scope not in known]',
        "return []",
        "test_key_gifts.py",
    ),
    Mutation(
        "a key outlives the one that made it",
        _RULES,
        "return _end(wanted) > max(latest)",
        "return False",
        "test_key_gifts.py",
    ),
    Mutation(
        "a remembered key does not expire",
        _AUTHENTICATION,
        "principal.expires_at <= self._clock()",
        "False",
        "authentication/test_bounds.py",
    ),
    Mutation(
        "a key is good from everywhere",
        _AUTHENTICATION,
        "if principal.networks and not is_within(address, principal.networks):",
        "if False:",
        "authentication/test_bounds.py",
    ),
    Mutation(
        "IPv4 as IPv6 spells it is another address",
        "src/looplane/kit/networks.py",
        "    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:\n",
        "    if False:\n",
        "authentication/test_bounds.py",
    ),
    Mutation(
        "when a key was last used moves back",
        "src/looplane/keys/sql.py",
        "where coalesce(k.last_used_at < u.moment, true)",
        "where true",
        "authentication/test_key_uses.py",
    ),
    Mutation(
        "a scope outlives the key that gave it",
        _RULES,
        "if _gains(wanted, before):",
        "if not before:",
        "test_key_gifts.py",
    ),
    Mutation(
        "who began a body may end it with a key that was revoked",
        "src/looplane/kit/operation.py",
        "if self.signature.body is not None and principal is not None:\n                # The body",
        "if self.signature.body is None and principal is not None:\n                # The body",
        "test_keys.py",
    ),
]
