"""Of mail: who it goes to, what is kept back, and what is told apart."""

from tests.mutations import Mutation

_EMAIL = "src/looplane/delivery/email"

MAIL = [
    Mutation(
        "an answer waits behind all of a broadcast",
        f"{_EMAIL}/drafts/broadcasts/commands.py",
        "    room = _AHEAD - await con.fetchval(sql.COUNT_WAITING, *key, context.clock(), _AHEAD)",
        "    room = _AHEAD",
        "mail/test_broadcast_mails.py",
    ),
    Mutation(
        "who gets a copy in secret is named in the mail",
        f"{_EMAIL}/rules.py",
        "        cc=draft.cc,\n        reply_to",
        "        cc=[*draft.cc, *draft.bcc],\n        reply_to",
        "mail/test_message_mails.py",
    ),
    Mutation(
        "a mail that is tried again is taken for one that is gone",
        f"{_EMAIL}/limits/commands.py",
        "        return Reserved(known, {})",
        "        return Reserved({}, {})",
        "mail/test_mail_failures.py",
    ),
    Mutation(
        "what waits for a budget uses up its attempts",
        "src/looplane/delivery/commands.py",
        '"was_tried": attempted.was_tried',
        '"was_tried": True',
        "mail/test_mail_limits.py",
    ),
    Mutation(
        "a mail comes back as often as somebody says so",
        "src/looplane/mailboxes/bounces/commands.py",
        'if reason is None or row["bounced_at"] is not None:',
        "if reason is None:",
        "mail/test_bounces.py",
    ),
    Mutation(
        "a server inside of the network is connected to",
        "src/looplane/kit/smtp_connections.py",
        "public = [each for each in found if is_public(each)]",
        "public = found",
        "test_mailbox_tests.py",
    ),
    Mutation(
        "whoever reports a bounce by a key of their own is told of none",
        "src/looplane/notices/fan_out/rules.py",
        'member_id = None if event.type == _BOUNCED else event.actor.get("member_id")',
        'member_id = event.actor.get("member_id")',
        "mail/test_bounces_told.py",
    ),
    Mutation(
        "a mail without the file that is gone leaves",
        "src/looplane/delivery/email/files/commands.py",
        "    if len(contents) < len(wanted):\n",
        "    if False:\n",
        "mail/test_mail_files.py",
    ),
    Mutation(
        "files of any number of mails are in memory at once",
        "src/looplane/kit/held_bytes.py",
        "self._held + self._waiting[0][0] <= self._most",
        "True",
        "test_held_bytes.py",
    ),
    Mutation(
        "a name has lines of its own in an invite",
        "src/looplane/delivery/email/rules.py",
        'line(invite[name] or "") for name',
        'invite[name] or "" for name',
        "mail/test_names_in_mails.py",
    ),
    Mutation(
        "what went to somebody who is erased stays among the files to be sent",
        "src/looplane/erasure/commands.py",
        "await con.execute(DELETE_THESE, workspace_id, files)",
        "assert files is not None",
        "test_app_outgoing_files_kept.py",
    ),
    Mutation(
        "what a customer writes is a header of the answer",
        "src/looplane/kit/mail.py",
        'return _ENCODED.sub("= ?", " ".join(',
        'return _ENCODED.sub("=?", " ".join(',
        "mail/test_encoded_words.py",
    ),
    Mutation(
        "a header breaks out of its line",
        "src/looplane/kit/mail.py",
        "        _check_head(part)\n",
        "        assert part is not None\n",
        "mail/test_encoded_words.py",
    ),
    Mutation(
        "a server that lists us ends all mails for good",
        "src/looplane/kit/smtp_connections.py",
        'async with smtp_faults("connect", server):\n                await smtp.ehlo()',
        'async with smtp_faults("mail", server):\n                await smtp.ehlo()',
        "mail/test_odd_servers.py",
    ),
    Mutation(
        "what comes late is taken for the answer to the next mail",
        "src/looplane/kit/smtp_connections.py",
        "if fault.code is None or fault.code < _REFUSAL:",
        "if fault.code is None:",
        "mail/test_odd_servers.py",
    ),
    Mutation(
        "a broadcast takes all mails of a day",
        f"{_EMAIL}/limits/rules.py",
        "return budget - budget // _LEFT",
        "return budget",
        "mail/test_mail_limits.py",
    ),
    Mutation(
        "what has left leaves again where its mailbox cannot be marked",
        f"{_EMAIL}/commands.py",
        "        except Exception:  # noqa: BLE001  # whatever it is, the mail has left or has not",
        "        except TimeoutError:",
        "mail/test_servers_that_are_back.py",
    ),
    Mutation(
        "all ports of a mail server may be connected to",
        "src/looplane/kit/smtp_connections.py",
        '(server.host.lower().rstrip("."), server.port) in self._allowed',
        "server.host in {each for each, _ in self._allowed}",
        "mail/test_odd_servers.py",
    ),
]
