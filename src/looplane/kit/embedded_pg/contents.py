"""The databases of an embedded server that is not in use yet, by PostgreSQL's own programs."""

import os
import re
import subprocess
from collections.abc import Mapping

from looplane.kit.all_tables import IS_OURS, LIST_TABLES, PIN
from looplane.kit.embedded_pg.cluster import read_password
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.socket_folder import PORT, socket_folder

_DATABASES = """
select datname from pg_database where not datistemplate and datname <> 'postgres' order by 1"""
# A line for each table, and one for each sequence; each is asked by the statement that this makes.
_CONTENTS = rf"""
begin;
{PIN};
select format('select %L, hashed.* from (%s) hashed', name, hash) from ({LIST_TABLES}) tables
\gexec
select format('select %L, last_value, is_called::int from %1$s', c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and {IS_OURS.format(object="c", catalogue="pg_class")}
order by n.nspname, c.relname
\gexec
"""
# What is set of the database itself, as statements that set it of another one.
_SETTINGS = r"""
select format(E'select set_config(%L, %L, true);\nalter database %I set %1$I from current;',
  split_part(each, '=', 1), substr(each, strpos(each, '=') + 1), current_database())
from pg_db_role_setting s, unnest(s.setconfig) each
where s.setrole = 0 and s.setdatabase = (
  select oid from pg_database where datname = current_database())
"""


def databases(programs: Place, server: Place) -> list[str]:
    """Those of the server at `server` that are not PostgreSQL's own."""
    return run_sql(programs, server, "looplane", _DATABASES).splitlines()


def contents(programs: Place, server: Place, name: str) -> str:
    """The same text for databases that have the same rows and sequences, on any major version."""
    return run_sql(programs, server, name, _CONTENTS)


def copy_settings(programs: Place, older: Place, newer: Place, name: str) -> None:
    """Sets of a database what is set of it elsewhere, such as that it can only be read."""
    statements = run_sql(programs, older, name, _SETTINGS)
    # In one transaction: the first one may forbid the next one to write.
    run_sql(programs, newer, name, f"begin;\n{statements}commit;")


def create_database(server: Place, name: str) -> None:
    """Makes another one."""
    quoted = name.replace('"', '""')
    run_sql(server, server, "looplane", f'create database "{quoted}"')


def analyze(server: Place, name: str) -> None:
    """Has the planner know the tables of one."""
    run_sql(server, server, name, "analyze")


def change_password(server: Place, password: str) -> None:
    """Of our role, from what the file of the cluster says."""
    assert re.fullmatch(r"[\w-]+", password), "of secrets.token_urlsafe"
    run_sql(server, server, "looplane", f"alter role looplane password '{password}'")


def run_sql(programs: Place, server: Place, name: str, sql: str) -> str:
    """What psql of `programs` prints for `sql` on a database of `server`. Raises EmbeddedError."""
    command = [programs.program("psql"), "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(  # noqa: S603  # the words are ours
        command,
        env={**environment(server), "PGDATABASE": name},
        input=sql,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        message = f"psql failed in {server.cluster}: {done.stderr.strip()}"
        raise EmbeddedError(message)
    return done.stdout


def environment(server: Place) -> dict[str, str]:
    """In which libpq finds the server at `server`."""
    ours: Mapping[str, str] = os.environ
    kept = {name: ours[name] for name in ("LD_LIBRARY_PATH",) if name in ours}
    return kept | {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "PGHOST": str(socket_folder(server)),
        "PGPORT": str(PORT),
        "PGUSER": "looplane",
        "PGPASSWORD": read_password(server.cluster),
        "PGCLIENTENCODING": "UTF8",
    }
