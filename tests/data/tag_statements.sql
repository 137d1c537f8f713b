-- delete
with w as materialized (
  select * from jsonb_to_record($3) as w(
    write_id uuid, takes_back uuid, actor jsonb, cause text, created_at timestamptz,
    events jsonb)),
g as (
  update tags g set deleted_at = w.created_at, version = g.version + 1
  from w where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null returning g.*),
shown as materialized (
  select g.id, g.version, json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as body from g ),
recorded as (
  insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
    cause, created_at, before, after, notify, thread_ids, internal_before, visible_to,
    takes_back, data_event_id, data)
  select $1, e.id, w.write_id, e.type, e.subject_id, e.aggregate_id, shown.version, w.actor,
    w.cause, w.created_at, e.before, e.after, e.notify, e.thread_ids,
    e.internal_before, e.visible_to, w.takes_back, e.data_event_id,
    case when e.data_event_id is null then shown.body end
  from w, shown, jsonb_to_recordset(w.events) as e(
    id uuid, type text, subject_id uuid, aggregate_id uuid, before jsonb, after jsonb,
    notify jsonb, thread_ids uuid[], internal_before jsonb, visible_to uuid, data_event_id uuid)
  where e.subject_id = shown.id)
select body::text as body, version from shown;

-- find
select g.version, g.updated_at, g.name as name, g.color as color, g.icon as icon, g.tag_group_id as tag_group_id
from tags g  
where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null;

-- get
select json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text as body, g.version
from tags g 
where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null;

-- hold_references
select (select x.id from tag_groups x where x.workspace_id = $1 and x.id = $2 and x.deleted_at is null for key share) as tag_group_id;

-- insert
with w as materialized (
  select * from jsonb_to_record($4) as w(
    write_id uuid, takes_back uuid, actor jsonb, cause text, created_at timestamptz,
    events jsonb)),
g as (
insert into tags (workspace_id, id, created_at, updated_at, name, color, icon, tag_group_id)
select $1, $2, r.created_at, r.updated_at, r.name, r.color, r.icon, r.tag_group_id
from jsonb_populate_record(null::tags, $3) as r returning *),
shown as materialized (
  select g.id, g.version, json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as body from g ),
recorded as (
  insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
    cause, created_at, before, after, notify, thread_ids, internal_before, visible_to,
    takes_back, data_event_id, data)
  select $1, e.id, w.write_id, e.type, e.subject_id, e.aggregate_id, shown.version, w.actor,
    w.cause, w.created_at, e.before, e.after, e.notify, e.thread_ids,
    e.internal_before, e.visible_to, w.takes_back, e.data_event_id,
    case when e.data_event_id is null then shown.body end
  from w, shown, jsonb_to_recordset(w.events) as e(
    id uuid, type text, subject_id uuid, aggregate_id uuid, before jsonb, after jsonb,
    notify jsonb, thread_ids uuid[], internal_before jsonb, visible_to uuid, data_event_id uuid)
  where e.subject_id = shown.id)
select body::text as body, version from shown;

-- insert_row
insert into tags (workspace_id, id, created_at, updated_at, name, color, icon, tag_group_id)
select $1, $2, r.created_at, r.updated_at, r.name, r.color, r.icon, r.tag_group_id
from jsonb_populate_record(null::tags, $3) as r;

-- listing
select case when g.page_bytes <= 4000000 then json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text end as body,
  g.page_key, g.id
from (
  select * from (
    select g.*, g.created_at as page_key,
      sum(0) over (order by g.created_at desc, g.id desc) - (0) as page_bytes
    from tags g where g.workspace_id = $1 and g.deleted_at is null
    order by g.created_at desc, g.id desc limit 201) keys
  limit $2) g 
order by g.page_key desc, g.id desc;

-- lock
select version, updated_at from tags
where workspace_id = $1 and id = $2 and deleted_at is null for update;

-- record
with w as materialized (
  select * from jsonb_to_record($3) as w(
    write_id uuid, takes_back uuid, actor jsonb, cause text, created_at timestamptz,
    events jsonb)),
g as (select g.* from tags g where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null),
shown as materialized (
  select g.id, g.version, json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as body from g ),
recorded as (
  insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
    cause, created_at, before, after, notify, thread_ids, internal_before, visible_to,
    takes_back, data_event_id, data)
  select $1, e.id, w.write_id, e.type, e.subject_id, e.aggregate_id, shown.version, w.actor,
    w.cause, w.created_at, e.before, e.after, e.notify, e.thread_ids,
    e.internal_before, e.visible_to, w.takes_back, e.data_event_id,
    case when e.data_event_id is null then shown.body end
  from w, shown, jsonb_to_recordset(w.events) as e(
    id uuid, type text, subject_id uuid, aggregate_id uuid, before jsonb, after jsonb,
    notify jsonb, thread_ids uuid[], internal_before jsonb, visible_to uuid, data_event_id uuid)
  where e.subject_id = shown.id)
select body::text as body, version from shown;

-- update
with w as materialized (
  select * from jsonb_to_record($5) as w(
    write_id uuid, takes_back uuid, actor jsonb, cause text, created_at timestamptz,
    events jsonb)),
g as (
  update tags g set updated_at = w.created_at, version = g.version + 1,
    (name, color, icon, tag_group_id) = (select name, color, icon, tag_group_id from jsonb_populate_record(g, $4))
  from w where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null and g.version = $3 returning g.*),
shown as materialized (
  select g.id, g.version, json_build_object('id', g."id", 'name', g."name", 'color', g."color", 'icon', g."icon", 'tag_group_id', g."tag_group_id", 'created_at', to_char(g.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as body from g ),
recorded as (
  insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
    cause, created_at, before, after, notify, thread_ids, internal_before, visible_to,
    takes_back, data_event_id, data)
  select $1, e.id, w.write_id, e.type, e.subject_id, e.aggregate_id, shown.version, w.actor,
    w.cause, w.created_at, e.before, e.after, e.notify, e.thread_ids,
    e.internal_before, e.visible_to, w.takes_back, e.data_event_id,
    case when e.data_event_id is null then shown.body end
  from w, shown, jsonb_to_recordset(w.events) as e(
    id uuid, type text, subject_id uuid, aggregate_id uuid, before jsonb, after jsonb,
    notify jsonb, thread_ids uuid[], internal_before jsonb, visible_to uuid, data_event_id uuid)
  where e.subject_id = shown.id)
select body::text as body, version from shown;

