"""One Looplane that is built, installed and started, for all tests of what is around it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.deploy import packages
from tests.deploy.packages import Deployed
from tests.processes import Folder, folder


@pytest.fixture(scope="package")
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


@pytest.fixture(scope="package")
def checkout(place: Folder) -> Path:
    return packages.built_checkout(place.path / "checkout")


@pytest.fixture(scope="package")
def looplane(checkout: Path, place: Folder) -> Path:
    return packages.install(packages.wheel_of(checkout), place.path / "environment")


@pytest.fixture(scope="package")
async def deployed(looplane: Path, place: Folder) -> AsyncIterator[Deployed]:
    async with packages.deployed(looplane, place.path) as started:
        yield started
