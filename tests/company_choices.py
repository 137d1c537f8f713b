"""What a company can name and no endpoint makes: statuses and tiers; and a member as its owner."""

from looplane.kit.ids import new_id
from tests.factory import Factory


async def insert_choice(make: Factory, kind: str, name: str, position: int = 100) -> str:
    """The id of a new one of `statuses` or `tiers`."""
    row = {"workspace_id": make.workspace_id, "id": new_id(), "name": name, "position": position}
    row |= {"color": "#0a0b0c"} if kind == "statuses" else {}
    values = ", ".join(f"${i + 1}" for i in range(len(row)))
    await make.db.execute(
        f"insert into company_{kind} ({', '.join(row)}) values ({values})",
        *row.values(),
    )
    return str(row["id"])


async def insert_links(make: Factory) -> dict[str, str]:
    """A status, a tier and a member of the workspace, as a body names them."""
    return {
        "status_id": await insert_choice(make, "statuses", "Trial"),
        "tier_id": await insert_choice(make, "tiers", "Gold"),
        "owner_id": await make.member(name="Olga"),
    }
