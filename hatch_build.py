"""Puts the inbox into the wheel, as it was built before: `make wheel` does both."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = "web/dist"


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what is built, and refuses a wheel without it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError where it is not built; a checkout is installed without it."""
        if version == "editable":
            return
        if not (Path(self.root) / _BUILT / "index.html").is_file():
            msg = f"{_BUILT} is not there: run `make web` first, which needs Node 20.19 or newer."
            raise FileNotFoundError(msg)
        build_data["force_include"][_BUILT] = f"looplane/{_BUILT}"
