-- Takes back all that an owner's lines took, or gives back all that they held; whether they still count is told. How many
-- entries of the ledger that made; again: none.
create or replace function undo_service_lines(in_owner_kind text, in_owner uuid, in_active boolean, in_at timestamptz) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare lines uuid[] := array(
    select l.line_id from service_line l where l.owner_id = in_owner and l.replaced_by is null and l.determination is not null);
begin
    if not in_active then
        update service_line set active = false where owner_id = in_owner and replaced_by is null and active;
    end if;
    return case in_owner_kind when 'CLAIM' then benefit_reverse('CLAIM_LINE', lines, in_at)
        else benefit_release('PREAUTHORIZATION_LINE', lines, in_at) end;
end $$;

revoke execute on function undo_service_lines from public;
grant execute on function undo_service_lines to visits_app;
