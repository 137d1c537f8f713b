"""What a newer major version of PostgreSQL takes over, and what it makes anew."""

from pathlib import Path

import pytest

from looplane.kit.embedded_pg.errors import EmbeddedError

from .running import ask, started

OLD = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not (OLD / "postgres").exists(), reason="needs PostgreSQL 15")
# Newer versions of PostgreSQL fold more letters, º to o among them.
MAKE = """
do $$ begin
  create extension unaccent;
  create function fold(name text) returns text language sql immutable
    as 'select lower(public.unaccent(''public.unaccent'', name))';
  create table companies (name text, name_key text generated always as (fold(name)) stored);
  insert into companies (name) values ('1º de Maio, ½ price');
end $$"""


def test_what_is_generated_is_made_anew_and_what_is_set_of_a_database_stays(
    data_dir: Path, bin_dir: Path
) -> None:
    with started(data_dir, OLD) as dsn:
        ask(dsn, MAKE)
        before = ask(dsn, "select name || name_key from companies")
        ask(dsn, "alter database looplane set search_path to other, public")
        ask(dsn, "create database reports")
        # As a move leaves the database that it copied.
        ask(dsn, "alter database looplane set default_transaction_read_only = on")
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, "select name || name_key from companies") != before, "by its own rules"
        assert ask(dsn, "select name from companies") == "1º de Maio, ½ price"
        assert ask(dsn, "show default_transaction_read_only") == "on"
        assert ask(dsn, "show search_path") == "other, public"
        assert ask(dsn, "select count(*) from pg_database where datname = 'reports'") == 1


def test_names_that_its_letters_make_one_are_said_and_all_is_as_it_was(
    data_dir: Path, bin_dir: Path
) -> None:
    with started(data_dir, OLD) as dsn:
        ask(dsn, MAKE)
        ask(dsn, "create unique index one_of_a_name on companies (name_key)")
        ask(dsn, "insert into companies (name) values ('1º'), ('1o') returning 1")
    with pytest.raises(EmbeddedError) as error, started(data_dir, bin_dir):
        pass
    message = str(error.value)
    assert "Key (name_key)=(1o) is duplicated." in message
    assert "rename one of them with the older programs (LOOPLANE_PG_BIN)" in message
    with started(data_dir, OLD) as dsn:
        ask(dsn, "delete from companies where name = '1º' returning 1")
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, "select count(*) from companies") == 2
