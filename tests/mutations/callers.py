"""Of who may call, how often, and on which version."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_AUTHENTICATION = f"{_KIT}/authentication.py"
_LIMITS = f"{_KIT}/limits.py"
_OPERATION = f"{_KIT}/operation.py"
_ETAGS = f"{_KIT}/etags.py"
_LOOK_UPS = "authentication/test_look_ups.py"
_GUESSING = "authentication/test_guessing.py"

CALLERS = [
    Mutation(
        "a revoked key is good for an hour",
        _AUTHENTICATION,
        "_CACHE_SECONDS = 1.0",
        "_CACHE_SECONDS = 3600.0",
        _LOOK_UPS,
    ),
    Mutation(
        "an unknown key is asked for each time",
        _AUTHENTICATION,
        "look_up.until = asked + _UNKNOWN_SECONDS",
        "look_up.until = 0.0",
        _LOOK_UPS,
    ),
    Mutation(
        "keys are guessed without end",
        _AUTHENTICATION,
        "if self._unknown.count(network) >= UNKNOWN_KEYS_PER_MINUTE:",
        "if False:",
        _GUESSING,
    ),
    Mutation(
        "a caller has as many guesses as IPv6 has addresses",
        f"{_KIT}/networks.py",
        "_NETWORK_BITS = 64",
        "_NETWORK_BITS = 128",
        _GUESSING,
    ),
    Mutation(
        "keys are remembered without end",
        _AUTHENTICATION,
        "    if len(cache) > _CACHE_SIZE:\n        cache.popitem(last=False)\n",
        "",
        _LOOK_UPS,
    ),
    Mutation(
        "a failed question is remembered as an answer",
        _AUTHENTICATION,
        "look_up.until = 0.0  # the next one asks again",
        "look_up.until = asked + _UNKNOWN_SECONDS",
        _LOOK_UPS,
    ),
    Mutation(
        "who goes away takes the answer along",
        _AUTHENTICATION,
        "await asyncio.shield(look_up.task)",
        "await look_up.task",
        _LOOK_UPS,
    ),
    Mutation(
        "a revoked key is found",
        "src/looplane/keys/sql.py",
        "where k.hash = $1 and k.revoked_at is null and m.deleted_at is null",
        "where k.hash = $1 and m.deleted_at is null",
        "test_every_operation.py",
    ),
    Mutation(
        "a key opens though its member is gone",
        "src/looplane/keys/sql.py",
        "where k.hash = $1 and k.revoked_at is null and m.deleted_at is null",
        "where k.hash = $1 and k.revoked_at is null",
        "test_me.py test_members.py",
    ),
    Mutation(
        "no scope is needed",
        _OPERATION,
        "if needed not in principal.scopes:",
        "if not principal.scopes:",
        "test_every_operation.py",
    ),
    Mutation(
        "a VIEWER writes",
        _OPERATION,
        "if self.signature.writes and principal.is_viewer and not is_own:",
        "if False:",
        "test_every_operation.py test_members.py",
    ),
    Mutation(
        "reads and writes are counted together",
        _LIMITS,
        "used = self._window.add((key_id, kind))",
        "used = self._window.add(key_id)",
        "test_limits.py",
    ),
    Mutation(
        "a minute has one request more",
        _LIMITS,
        "if left.remaining < 0:",
        "if left.remaining < -1:",
        "test_limits.py",
    ),
    Mutation(
        "a window never begins anew",
        _LIMITS,
        "        if minute != self._minute:\n",
        "        if not self._minute:\n",
        _GUESSING,
    ),
    Mutation(
        "If-Match may name any version",
        f"{_KIT}/context.py",
        "if self.versions is not None and version not in self.versions:",
        "if self.versions is not None and not self.versions:",
        "test_every_operation.py",
    ),
    Mutation(
        "If-Match without quotes is none",
        _ETAGS,
        "    if not all(tags):\n",
        "    if False:\n",
        "test_request_headers.py test_update_thread.py",
    ),
    Mutation(
        "an ETag is the version alone",
        f"{_KIT}/responses.py",
        "else f'\"{version}-{digest}\"'",
        "else f'\"{version}\"'",
        "test_etags.py",
    ),
]
