-- Names are found by a part of them, whatever its accents and capitals.
alter table contacts add column name_key text generated always as (fold_name(name)) stored;
alter table companies add column name_key text not null
  generated always as (fold_name(name)) stored;
alter table projects add column name_key text not null
  generated always as (fold_name(name)) stored;
-- Without the workspace, which would be one more list to read for each search: most databases have
-- one. What is written is found at once, and not read again with each search.
create index contacts_name_part on contacts using gin (name_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
create index companies_name_part on companies using gin (name_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
create index projects_name_part on projects using gin (name_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
create index tags_name_part on tags using gin (name_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;

-- A pattern of LIKE for a part of a folded name, whatever signs it has.
create function contains_pattern(part text) returns text language sql immutable strict parallel safe
  as $$ select '%' || regexp_replace(fold_name(part), '([\\%_])', '\\\1', 'g') || '%' $$;
