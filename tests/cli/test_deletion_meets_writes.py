"""A workspace goes even where its deletion and a write wait for each other."""

import pytest

from tests.cli.conftest import Ask, ask
from tests.cli.test_corrections import rows_left

# The server ends one of the two; here it is the deletion, as often as `tries` says.
MEETS = (
    "create sequence tries",
    """create function meet() returns trigger language plpgsql as $$ begin
    if nextval('tries') <= 3 then
      raise exception 'deadlock detected' using errcode = '40P01';
    end if;
    return old;
    end $$""",
    "create trigger meets before delete on members for each row execute function meet()",
)
PARTS = ("drop trigger meets on members", "drop function meet", "drop sequence tries")


@pytest.mark.usefixtures("ada")
def test_it_meets_writes_and_goes_on(looplane: Ask, url: str, workspace: str, name: str) -> None:
    for each in MEETS:
        ask(url, each)
    try:
        deleted = looplane("workspace", "delete", workspace, "--yes", name)
        assert deleted.code == 0, deleted.err
        assert ask(url, "select last_value from tries")[0][0] > 3, "they met"
    finally:
        for each in PARTS:
            ask(url, each)
    assert rows_left(url, workspace) == {}
