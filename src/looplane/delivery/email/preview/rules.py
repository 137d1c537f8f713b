"""A mail of each kind with made-up words, to be looked at. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

from looplane.delivery.email import rules
from looplane.delivery.email.schemas import Notice, Words
from looplane.kit.mail import Mail, MailPerson, to_bytes

_WORKSPACE = "Northwind Boards"
_SITE = "https://support.northwind.example"
_NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
_TOKEN = "lll_" + "0123456789abcdef" * 4
_TEXT = """Hi Ines,

the export is back: it waited for a report that nobody needed. It has:

- all rounds since May
- the names of the judges

Could you try it once more?

> It says “still working” since this morning.

Bye, Tom"""
_HTML = """<p>Hi Ines,</p>
<p>the export is back: it waited for a report that <em>nobody</em> needed. It has:</p>
<ul><li>all rounds since May</li><li>the names of the judges</li></ul>
<p>Could you <a href="https://northwind.example/export">try it once more</a>?</p>
<blockquote><p>It says “still working” since this morning.</p></blockquote>
<p>Bye, Tom</p>"""
_CHANGELOG = """<p>Boards can be shared with people who have no account. They see what you see,
and change nothing.</p>
<h2>How it works</h2>
<ol><li>Open a board and press <strong>Share</strong>.</li>
<li>Choose until when the link is good.</li></ol>
<pre><code>https://northwind.example/b/7f3a9c2e5b81d046f2c8a1e9b3d75f60a4e8c217</code></pre>
<p>Links that exist go on as they are.</p>"""


def previews() -> Mapping[str, bytes]:
    """Files by their names: of each kind of mail its HTML, its text and its source."""
    files: dict[str, bytes] = {}
    for kind, words in _mails().items():
        files[f"{kind}.html"] = words.html.encode()
        files[f"{kind}.txt"] = words.text.encode()
        files[f"{kind}.eml"] = to_bytes(_mail(kind, words))
    return files


def _mails() -> dict[str, Words]:
    invite = {
        "name": "Ines Duarte",
        "email": "ines@northwind.example",
        "inviter": "Tom Okafor",
        "expires_at": _NOW,
    }
    sign_in, accept = (f"{_SITE}/{each}#{_TOKEN}" for each in ("sign-in-link", "invite"))
    dead = Notice(
        "Not delivered to ines@mail.example",
        "An answer to ines@mail.example could not be delivered, and is not tried again: The server"
        " refuses the recipient: 550 5.1.1 No such user here.",
        link=f"{_SITE}/inbox/open/01a2",
    )
    told = Notice(
        "Ines Duarte replied: The export never ends",
        "Ines Duarte wrote in “The export never ends”, which is assigned to you.",
        "It says “still working” since this morning. Is there anything that I can do?",
        f"{_SITE}/inbox/open/01a2",
    )
    broadcast = {
        "title": "Share a board with anybody",
        "subject": None,
        "message": "Hello,\n\nyou asked for it more often than for anything else.",
        "html": _CHANGELOG,
        "text": "Boards can be shared with people who have no account.",
    }
    settings = f"{_SITE}/settings/notifications"
    return {
        "message": rules.message_words("Re: The export never ends", _TEXT, _HTML),
        "sign_in_link": rules.sign_in_words(_WORKSPACE, "Ines", sign_in),
        "invite": rules.invite_words(_WORKSPACE, invite, accept),
        "notice": rules.notice_words(_WORKSPACE, told, settings),
        "notice_dead": rules.notice_words(_WORKSPACE, dead, settings),
        "broadcast": rules.broadcast_words(_WORKSPACE, broadcast, f"{_SITE}/unsubscribe/{_TOKEN}"),
    }


def _mail(kind: str, words: Words) -> Mail:
    return Mail(
        f"<{kind}@northwind.example>",
        MailPerson("support@northwind.example", _WORKSPACE),
        [MailPerson("ines@northwind.example", "Ines Duarte")],
        words.subject,
        words.text,
        words.html,
        _NOW,
    )
