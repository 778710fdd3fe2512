-- The coverage, when the caller may post to it: Careway itself, the payer, or a facility that has, or had, a contract.
-- The functions below run as the owner and see every row, so this is where their caller is checked.
create or replace function benefit_door(in_coverage uuid) returns coverage
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare cover coverage;
begin
    select c.* into cover from coverage c
    where c.coverage_id = in_coverage and (
        caller_is_system() or c.payer_id = caller_organization()
        or exists (select from contract k where k.payer_id = c.payer_id and k.facility_id = caller_organization()));
    if not found then
        raise exception 'no such coverage' using errcode = 'no_data_found';
    end if;
    return cover;
end $$;

revoke execute on function benefit_door from public;
