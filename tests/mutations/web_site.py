"""Of the inbox's page, and of mails in their frames."""

from tests.mutations import Mutation

_SITE = "src/looplane/web_site.py"
_RULES = "src/looplane/messages/frames/rules.py"
_SQL = "src/looplane/messages/frames/sql.py"
_FRAMES = "messages/test_frames.py"

WEB_SITE = [
    Mutation(
        "a mail may run what it likes, with our origin",
        _RULES,
        '"sandbox allow-same-origin allow-popups',
        '"sandbox allow-scripts allow-same-origin allow-popups',
        _FRAMES,
    ),
    Mutation(
        "a file is shown as what its sender says that it is",
        _RULES,
        'kind = found if found in _PICTURES else "application/octet-stream"',
        'kind = str(described["ContentType"])',
        _FRAMES,
    ),
    Mutation(
        "an address that begins as ours does is ours",
        _RULES,
        'if url.startswith(f"{place.address}/"):',
        "if url.startswith(place.address):",
        _FRAMES,
    ),
    Mutation(
        "a file is read by whoever knows its id, of whatever message",
        _SQL,
        "a.message_id = $2 and a.id = $3",
        "$2::uuid is not null and a.id = $3",
        _FRAMES,
    ),
    Mutation(
        "a nonce is made once",
        _SITE,
        "nonce = secrets.token_urlsafe(16)",
        'nonce = "A" * 22',
        "test_web_site.py",
    ),
    Mutation(
        "names without a digest are kept for ever",
        _SITE,
        "_FOR_EVER if is_hashed else _ASKED_AGAIN",
        "_FOR_EVER",
        "test_web_site.py",
    ),
]
