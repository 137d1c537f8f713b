"""The conditions of a list, as they are collected for its statement."""

from typing import Any
from uuid import UUID


class Conditions:
    """The conditions of a list and their values, numbered in the order they are added.

    `$1` is the workspace; what comes as `more` is `$2` and on, for the representation. Where the
    list is `complete` it shows what is gone as well.
    """

    def __init__(
        self, alias: str, workspace_id: UUID, *more: object, complete: bool = False
    ) -> None:
        self.values: list[Any] = [workspace_id, *more]
        self._clauses = [f"{alias}.workspace_id = $1"]
        if not complete:
            self._clauses.append(f"{alias}.deleted_at is null")
        self._always = list(self._clauses)
        self._searches: list[str] = []
        # The parameters of where the page starts: those of its key, and of the id.
        self.start: list[str] = []
        # Clauses that were added by a name, and the parameters of the first values in them.
        self.named: dict[str, str] = {}
        self.parameters: dict[str, str] = {}

    def add(self, clause: str, *values: object, name: str = "") -> None:
        """Adds `clause`, in which `{0}` stands for the first of `values`, and so on."""
        numbers = [self.number(value) for value in values]
        self._clauses.append(clause.format(*numbers))
        if name:
            self.named[name] = self._clauses[-1]
            self.parameters[name] = next(iter(numbers), "")

    def search(self, clause: str, value: object) -> None:
        """Adds `clause`, for which there is an index that is no index of the order of the list."""
        searched = clause.format(self.number(value))
        self._clauses.append(searched)
        self._searches.append(searched)

    def start_after(self, clause: str, *values: object) -> None:
        """Adds where the page starts: `{0}` in `clause` stands for all of `values`."""
        self.start = [self.number(value) for value in values]
        self._clauses.append(clause.format(", ".join(self.start)))
        self._always.append(self._clauses[-1])

    @property
    def always(self) -> str:
        """What holds for all rows of the list from this page on, whatever is asked for."""
        return " and ".join(self._always)

    @property
    def searches(self) -> str:
        """What is looked for in texts; empty where nothing is."""
        return " and ".join(self._searches)

    def number(self, value: object) -> str:
        """The parameter that stands for `value`."""
        self.values.append(value)
        return f"${len(self.values)}"

    def __str__(self) -> str:
        return " and ".join(self._clauses)
