-- The same work as one PATCH in one call: the row found, the same rows written by the same stored
-- function, the same JSON answered. What the API does beyond it is what the API costs.
create or replace function bench_event(p_type text, p_subject uuid, p_carrier uuid, p_id uuid)
returns jsonb language sql as $$
  select jsonb_build_object('id', p_id, 'type', p_type, 'subject_id', p_subject,
    'aggregate_id', p_subject, 'before', jsonb_build_object('title', 'Before'),
    'after', jsonb_build_object('title', 'After'), 'notify', null, 'data_event_id', p_carrier)
$$;
create or replace function bench_write(p_events jsonb) returns jsonb language sql as $$
  select jsonb_build_object('write_id', gen_random_uuid(), 'actor', jsonb_build_object('type',
      'program', 'key_id', ':workspace', 'member_id', bench_id('d', 1), 'rule', null),
    'cause', 'req_0123456789abcdef', 'created_at', now(), 'events', p_events)
$$;

-- A title.
create or replace function bench_patch(p_n int) returns text language plpgsql as $$
declare
  w constant uuid := ':workspace';
  t threads;
begin
  select * into t from threads where workspace_id = w and id = bench_id('a', p_n);
  return (select body from :update(w, t.id, t.version,
    jsonb_build_object('title', 'Title ' || random()), '{}',
    bench_write(jsonb_build_array(bench_event('thread.updated', t.id, null, uuidv7()))),
    bench_id('d', 1)));
end $$;

-- Nine fields: text, title, pain_level, assignee_id, company_id, tag_ids, status, the draft and its
-- sources; the company is the contact's, too.
create or replace function bench_patch_nine(p_n int) returns text language plpgsql as $$
declare
  w constant uuid := ':workspace';
  t threads;
  v_id uuid := uuidv7();
  v_company uuid := bench_id('c', 1 + (random() * 999)::int);
  v_events jsonb;
begin
  select * into t from threads where workspace_id = w and id = bench_id('a', p_n);
  v_events := jsonb_build_array(bench_event('thread.updated', t.id, null, v_id),
    bench_event('thread.status_changed', t.id, v_id, uuidv7()),
    bench_event('thread.assigned', t.id, v_id, uuidv7()),
    bench_event('thread.tagged', t.id, v_id, uuidv7()),
    bench_event('contact.updated', t.contact_id, null, uuidv7()));
  return (select body from :update(w, t.id, t.version,
    jsonb_build_object('title', 'Title ' || random(), 'text', '<p>Words ' || random() || '</p>',
      'pain_level', (array['LOW', 'MEDIUM', 'HIGH'])[1 + (random() * 2)::int],
      'assignee_id', bench_id('d', 1 + (random() * 19)::int), 'company_id', v_company,
      'state', (array['open', 'done'])[1 + (random())::int], 'snoozed_until', null,
      'last_state_change_at', now(),
      'ai_draft_html', '<p>Draft ' || random() || '</p>', 'ai_draft_generated_at', now(),
      'ai_draft_sources', jsonb_build_array(jsonb_build_object('type', 'article', 'title', 'T',
        'identifier', null, 'url', null))),
    jsonb_build_object('tag_ids', jsonb_build_array(bench_id('e', 1 + (random() * 29)::int)),
      'contact', jsonb_build_object('id', t.contact_id, 'company_id', v_company, 'event', 4)),
    bench_write(v_events), bench_id('d', 1)));
end $$;
