"""What a newer major version of PostgreSQL takes over, and what it makes anew."""

from pathlib import Path

import pytest

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
