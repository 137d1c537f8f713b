"""Keys, and who looks them up, by a clock that moves when told to."""

from types import SimpleNamespace

import pytest

from looplane.kit import authentication, limits
from looplane.kit.authentication import Authenticator
from tests.authentication.keys import Keys, Time


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    clocks = SimpleNamespace(monotonic=time.monotonic, time=time.time)
    monkeypatch.setattr(authentication, "time", clocks)
    monkeypatch.setattr(limits, "time", clocks)
    return time


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def authenticator(keys: Keys, time: Time) -> Authenticator:
    return Authenticator(keys.find)
