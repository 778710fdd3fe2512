-- The door for pharmacies: who knows the prescription's number and the member's, and has a contract with the payer that
-- day, has found it. The prescription; nothing when any of that is wrong.
create or replace function prescription_find(in_number text, in_member_number_hash bytea, in_on date, in_at timestamptz) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare found_id uuid;
begin
    select p.prescription_id into found_id from prescription p
    where p.prescription_number = in_number and p.member_number_hash = in_member_number_hash
      and exists (select from contract k where k.payer_id = p.payer_id and k.facility_id = caller_organization()
                  and k.valid @> in_on);
    if found_id is not null then
        insert into prescription_finding (prescription_id, facility_id, found_at)
        values (found_id, caller_organization(), in_at)
        on conflict do nothing;
    end if;
    return found_id;
end $$;

revoke execute on function prescription_find from public;
grant execute on function prescription_find to visits_app;
