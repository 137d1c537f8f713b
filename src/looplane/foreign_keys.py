"""Fields that name a row of another table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A field with the id of a row in another `table` of the workspace, which holds `noun`s.

    It may be a list of ids: then it is no column, but one of those in other tables.
    """

    noun: str
    table: str
    is_soft_deleted: bool = True
    is_list: bool = False

    def statement(self, id: str) -> str:
        """SQL for the id of that row, if it is there. $1 workspace."""
        alive = " and x.deleted_at is null" if self.is_soft_deleted else ""
        return f"select x.id from {self.table} x where x.workspace_id = $1 and x.id = {id}{alive}"

    def holding(self, value: str) -> str:
        """SQL for the id or the ids in `value` that are there, kept from being deleted."""
        if self.is_list:
            return f"array({self.statement(f'any ({value}::uuid[])')} for key share)"
        return f"({self.statement(value)} for key share)"
