"""Names in mails: whoever chooses one puts no lines of their own into a mail."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from looplane.delivery.email import rules
from looplane.delivery.email.schemas import Notice, Words
from looplane.kit.mail import Mail, MailPerson, to_bytes

LINK = "https://inbox.example/#invite=x"
BREAKS = ["\r\n\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\t"]


def invited(workspace: str, inviter: str | None, name: str) -> Words:
    until = datetime(2026, 1, 2, tzinfo=UTC)
    of = {"inviter": inviter, "name": name, "email": "a@mail.example", "expires_at": until}
    return rules.invite_words(workspace, of, LINK)


def lines(words: Words) -> list[int]:
    return [len(each.splitlines()) for each in (words.subject, words.text, words.html)]


@pytest.mark.parametrize("gap", BREAKS)
def test_an_invite_has_the_lines_that_it_has(gap: str) -> None:
    name = gap.join(["Ada", "Bcc: all@mail.example", "", "Pay here: https://evil.example"])
    assert lines(invited(name, name, name)) == lines(invited("Firm", "Ada", "Bob"))
    assert lines(invited(name, None, name)) == lines(invited("Firm", None, "Bob"))


@pytest.mark.parametrize("gap", BREAKS)
def test_so_has_what_else_names_somebody(gap: str) -> None:
    name = gap.join(["Ada", "Pay here: https://evil.example"])
    assert lines(rules.sign_in_words(name, name, LINK)) == lines(
        rules.sign_in_words("Firm", "Ada", LINK)
    )
    notice = Notice("Assigned", "It is yours.")
    assert lines(rules.notice_words(name, notice, LINK)) == lines(
        rules.notice_words("Firm", notice, LINK)
    )


def test_nor_into_its_head() -> None:
    name = "Ada\r\nBcc: all@mail.example\r\n\r\nHello"
    words = invited(name, name, name)
    sender, to = MailPerson("support@firm.example", name), [MailPerson("bob@mail.example", name)]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    mail = Mail("<1@firm.example>", sender, to, words.subject, words.text, words.html, moment)
    read = message_from_bytes(to_bytes(mail), policy=default)
    assert read["Bcc"] is None
    assert read["Subject"].startswith("Ada Bcc: all@mail.example Hello invites you to Ada Bcc:")
    assert [each.addr_spec for each in read["To"].addresses] == ["bob@mail.example"]
