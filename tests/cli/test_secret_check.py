"""`looplane doctor` says it where the key is lost that opens what is sealed."""

from pathlib import Path
from uuid import UUID

from looplane.kit.config import Settings
from looplane.kit.ids import new_id
from looplane.kit.secrets import Secrets
from looplane.mailboxes.rules import password_place
from looplane.webhooks.rules import secret_place
from tests.cli.conftest import Ask, ask, states

_WEBHOOK = """
with webhook as (insert into webhooks (workspace_id, id, url, events, created_at, updated_at)
  values ($1, $2, 'https://a.example', '{*}', now(), now()))
insert into webhook_secrets values ($1, $2, 1, $3, now())"""
_MAILBOX = """
insert into mailboxes (workspace_id, id, name, address, smtp_host, smtp_port, security, password,
  daily_budget, per_thread_per_hour, created_at, updated_at)
values ($1, $2, 'A', 'a@a.example', 'a.example', 25, 'none', $3, 1, 1, now(), now())"""


def test_a_secret_key_that_is_lost(
    looplane: Ask, workspace: str, url: str, settings: dict[str, str]
) -> None:
    folder = Path(settings["LOOPLANE_DATA_DIR"])
    secrets, id = Secrets(Settings(data_dir=folder)), new_id()
    ask(url, _WEBHOOK, workspace, id, secrets.seal(b"x", secret_place(id, 1)))
    ask(url, _MAILBOX, workspace, id, secrets.seal(b"x", password_place(UUID(workspace))))
    assert states(looplane("doctor", "--json"))["secrets"] == "ok"
    (folder / "secret.key").write_text("another one")
    another = looplane("doctor")
    (folder / "secret.key").unlink()
    none = looplane("doctor")
    told = "the key that passwords of mailboxes and secrets of webhooks were sealed with"
    assert (another.code, none.code) == (1, 1)
    wrong = f"secret.key is another key than the one {told.removeprefix('the key ')}"
    assert wrong in " ".join(another.out.split())
    assert f"secret.key is missing: {told}" in " ".join(none.out.split())
    assert not (folder / "secret.key").exists(), "it only looks"
