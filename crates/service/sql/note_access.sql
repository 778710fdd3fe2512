-- Notes who read or changed a member's data.
create or replace function note_access(in_at timestamptz, in_organization_id uuid, in_subject text, in_action text, in_member_id uuid,
    in_visit_id uuid, in_detail text, in_trace_id text)
returns void language plpgsql as $$
begin
    insert into audit_entry (at, organization_id, subject, action, member_id, visit_id, detail, trace_id)
    values (in_at, in_organization_id, in_subject, in_action, in_member_id, in_visit_id, in_detail, in_trace_id);
end
$$;
