-- What merges did to a thread or a contact is found by what they moved, those taken back as well.
create index company_merges_of_source on company_merges (workspace_id, source_id);
create index company_merges_of_survivor on company_merges (workspace_id, survivor_id);
create index company_merge_contacts_contact on company_merge_contacts (workspace_id, contact_id);
-- Which tags a thread had is not known where one of them was deleted since and no event tells.
create index tags_deleted on tags (workspace_id, deleted_at) where deleted_at is not null;
