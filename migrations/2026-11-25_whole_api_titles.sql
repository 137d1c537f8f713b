-- Titles are found by a part of them, as names are.
alter table issues add column title_key text not null
  generated always as (fold_name(title)) stored;
create index issues_title_part on issues using gin (title_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;

alter table changelogs add column title_key text not null
  generated always as (fold_name(title)) stored;
create index changelogs_title_part on changelogs using gin (title_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;

alter table doc_articles add column title_key text not null
  generated always as (fold_name(title)) stored;
create index doc_articles_title_part on doc_articles using gin (title_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
