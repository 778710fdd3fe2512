-- What the patient takes already, whoever prescribed it: the medicines of running prescriptions, with the number only
-- where it is the caller's own. For a facility with a verified visit of the patient.
create or replace function prescription_running(in_visit uuid, in_on date)
returns table (code text, atc text, prescription_number text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select l.code, l.atc, case when p.facility_id = v.facility_id then p.prescription_number end
    from visit v
    join prescription p on p.member_id = v.member_id and p.cancelled_at is null
    join prescription_line l on l.prescription_id = p.prescription_id
    where v.visit_id = in_visit and (caller_is_system() or v.facility_id = caller_organization())
      and in_on < coalesce(l.fill_begun_on, p.issued_on)
          + l.days * (l.refills + 1 - greatest(0, (l.dispensed - 1) / l.quantity))::integer
      and (l.dispensed > 0 or in_on <= p.expires_on);
end $$;

revoke execute on function prescription_running from public;
grant execute on function prescription_running to visits_app;
