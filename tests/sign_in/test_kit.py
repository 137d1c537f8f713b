"""Sealing, and the room that hashing takes."""

import asyncio
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from looplane.kit.config import ConfigError, Settings, read_settings
from looplane.kit.errors import Unavailable
from looplane.kit.passwords import Passwords
from looplane.kit.secrets import FILE, CannotOpenError, Secrets


def test_what_is_sealed_opens_at_its_place_alone(tmp_path: Path) -> None:
    secrets = Secrets(Settings(data_dir=tmp_path))
    sealed = secrets.seal(b"words", "here")
    assert b"words" not in sealed
    assert sealed != secrets.seal(b"words", "here")
    assert secrets.open(sealed, "here") == b"words"
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for text, place in (
        (sealed, "there"),
        (damaged, "here"),
        (b"", "here"),
        (b"\x02" + sealed, "here"),
    ):
        with pytest.raises(CannotOpenError):
            secrets.open(text, place)


def test_the_key_is_in_a_file_that_nobody_else_reads_and_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    sealed = Secrets(Settings(data_dir=folder)).seal(b"words", "here")
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert Secrets(Settings(data_dir=folder)).open(sealed, "here") == b"words"
    assert [each.name for each in folder.iterdir()] == [FILE]


def test_of_many_who_need_the_key_at_once_all_get_one(tmp_path: Path) -> None:
    every = [Secrets(Settings(data_dir=tmp_path)) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(lambda each: each.seal(b"words", "here"), every))
    assert all(every[0].open(each, "here") == b"words" for each in sealed)


def test_a_key_that_is_set_needs_no_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="k" * 32)
    sealed = Secrets(settings).seal(b"words", "here")
    assert list(tmp_path.iterdir()) == []
    assert Secrets(settings).open(sealed, "here") == b"words"
    with pytest.raises(CannotOpenError):
        Secrets(Settings(data_dir=tmp_path, secret_key="l" * 32)).open(sealed, "here")
    assert "kkk" not in repr(settings)


def test_a_short_key_is_refused_and_not_repeated(tmp_path: Path) -> None:
    given = {"LOOPLANE_SECRET_KEY": "short-secret", "LOOPLANE_DATA_DIR": str(tmp_path)}
    with pytest.raises(ConfigError, match="at least 32") as refused:
        read_settings(given)
    assert "short-secret" not in str(refused.value)


async def test_a_password_is_hashed_at_its_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("looplane.kit.passwords.PasswordHasher", PasswordHasher)
    passwords = Passwords()
    hashed = await passwords.hash("a long walk home")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.verify(hashed, "a long walk home")
    passwords.close()


async def test_few_are_hashed_at_once_and_who_comes_too_late_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords = Passwords()
    at_work, most, open_ = 0, 0, threading.Event()

    def slow(*_: object) -> bool:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        open_.wait()
        at_work -= 1
        return True

    monkeypatch.setattr(passwords, "_verify", slow)
    waiting = [asyncio.create_task(passwords.verify("x", "y")) for _ in range(41)]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    [refused] = done
    with pytest.raises(Unavailable):
        refused.result()
    open_.set()
    assert await asyncio.gather(*(each for each in waiting if each is not refused)) == [True] * 40
    assert most == 2
    passwords.close()
