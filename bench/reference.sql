-- The same work as one PATCH of a title, in one call: the row found, the same rows written by the
-- same function, the same JSON answered. What the API does beyond it is what the API costs.
create or replace function bench_patch(p_n int) returns text language plpgsql as $$
declare
  w constant uuid := '00000000-0000-7000-8000-000000000001';
  t threads;
  v_title text := 'Title ' || random();
begin
  select * into t from threads where workspace_id = w and id = bench_id('a', p_n);
  return thread_update(w, t.id, t.version, now(), jsonb_build_array(jsonb_build_object(
      'id', gen_random_uuid(), 'type', 'thread.updated', 'subject_id', t.id,
      'actor', jsonb_build_object('type', 'key', 'id', w), 'at', now(),
      'before', jsonb_build_object('title', t.title), 'after', jsonb_build_object('title', v_title),
      'notify', null)),
    null, v_title, t.text, t.pain_level, t.state, t.snoozed_until, t.last_snoozed_until,
    t.last_state_change_at, t.is_read, t.contact_id, t.company_id, t.assignee_id, t.ai_draft_html,
    t.ai_draft_sources, t.ai_draft_generated_at, t.ai_draft_started_at, t.ai_draft_error_at,
    null, false, false, null, null);
end $$;
