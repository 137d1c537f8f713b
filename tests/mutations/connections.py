"""Of connections, and what goes with each answer."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_OPERATION = f"{_KIT}/operation.py"
_PROTOCOL = f"{_KIT}/http_protocol.py"
_EDGE = f"{_KIT}/request_middleware.py"

CONNECTIONS = [
    Mutation(
        "a head may come for ever",
        _PROTOCOL,
        "self._waiting.add(self, self._waiting.limits.head)\n        self._waiting.make_room",
        "self._waiting.make_room",
        "test_http_connections.py",
    ),
    Mutation(
        "a head may be of any size",
        _PROTOCOL,
        "elif self._head_bytes - self._first_bytes > MAX_HEAD:",
        "elif False:",
        "test_http_connections.py",
    ),
    Mutation(
        "an answer that nobody takes stays",
        _PROTOCOL,
        "self.loop.call_later(self._waiting.limits.stalled, self.transport.abort)",
        "self.loop.call_later(3600, self.transport.abort)",
        "test_http_connections.py",
    ),
    Mutation(
        "nobody makes room",
        f"{_KIT}/connections.py",
        "if len(self._until) > self.limits.most_waiting or connected > self.limits.most:",
        "if connected > self.limits.most:",
        "test_waiting_connections.py",
    ),
    Mutation(
        "a body may be of any size",
        _EDGE,
        "        self.refuse_large(self._taken)\n",
        "",
        "test_every_operation.py",
    ),
    Mutation(
        "a body may come for ever",
        _EDGE,
        "self._body_began + BODY_SECONDS + self._taken / BODY_RATE",
        "self._body_began + 3600",
        "test_http_connections.py",
    ),
    Mutation(
        "a request may take for ever",
        _OPERATION,
        "limit = asyncio.timeout(REQUEST_TIMEOUT)",
        "limit = asyncio.timeout(3600)",
        "test_request_timeout.py",
    ),
    Mutation(
        "any page may read the answers",
        f"{_KIT}/cors.py",
        "        if origin not in self._origins:\n",
        "        if origin is None:\n",
        "test_http_answers.py",
    ),
    Mutation(
        "what fails is told to the caller",
        f"{_KIT}/failures.py",
        "        return InternalError()\n",
        "        return InternalError(str(error))\n",
        "test_request_middleware.py test_late_failures.py",
    ),
    Mutation(
        "a compressed answer keeps its strong ETag",
        f"{_KIT}/compression.py",
        'headers.append((name, b"W/" + value))',
        "headers.append((name, value))",
        "test_http_answers.py",
    ),
]
