-- How a document of another facility is open to the caller: by the latest visit of its own whose medical file showed it;
-- and whether the visit that it was recorded in is disputed, which the caller cannot read.
create or replace function document_opening_of(in_document uuid) returns table (visit_id uuid, recorded_disputed boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select o.visit_id, v.disputed
    from document_opening o
    join document d on d.document_id = o.document_id
    join visit v on v.visit_id = d.visit_id
    where o.document_id = in_document and o.facility_id = caller_organization()
    order by o.visit_id desc limit 1;
end $$;

revoke execute on function document_opening_of from public;
grant execute on function document_opening_of to visits_app;
