"""`looplane mails`: a preview of each kind of mail."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from looplane.cli.app import main
from looplane.delivery.email.preview.rules import previews

KINDS = ["message", "sign_in_link", "invite", "notice", "notice_dead", "broadcast"]


def test_each_kind_is_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "mails"
    assert main(["mails", str(folder)]) == 0
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        f"{kind}.{form}" for kind in KINDS for form in ("html", "txt", "eml")
    )
    assert "sign_in_link.html" in capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_loads_nothing_and_follows_the_colours_of_its_reader(kind: str) -> None:
    html = previews()[f"{kind}.html"].decode()
    assert (
        re.search(r"(src|background|srcset)=|url\(|@import|<(script|link|iframe|img)", html) is None
    )
    assert '<meta name="color-scheme" content="light dark">' in html
    if kind != "message":
        assert "@media (prefers-color-scheme: dark)" in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_says_the_same_in_both_forms(kind: str) -> None:
    files = previews()
    mail = message_from_bytes(files[f"{kind}.eml"], policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "multipart/alternative"
    text, html = files[f"{kind}.txt"].decode(), files[f"{kind}.html"].decode()
    assert "{{" not in text + html
    assert "&lt;" not in text
    links = set(re.findall(r"https://support\.northwind\.example/[^\s\"<]+", html))
    assert links == set(re.findall(r"https://support\.northwind\.example/[^\s\"<]+", text))
