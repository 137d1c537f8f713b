-- Titles are found by a part of them, as names are.
alter table issues add column title_key text not null
  generated always as (fold_name(title)) stored;
create index issues_title_part on issues using gin (title_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
