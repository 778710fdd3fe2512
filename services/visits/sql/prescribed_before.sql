-- What was prescribed to the patient of a visit, whoever prescribed it, and how much of it was handed out: whether it still
-- runs is not decided here. The number only where it is the caller's own. For the facility of the visit. Of a newborn under
-- its mother's number, what was prescribed in its visit, and nothing of hers.
create or replace function prescribed_before(in_visit uuid)
returns table (code text, atc text, prescription_number text, issued_on date, expires_on date, days smallint,
    quantity bigint, refills smallint, dispensed bigint, fill_begun_on date)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select l.code, l.atc, case when p.facility_id = v.facility_id then p.prescription_number end, p.issued_on,
        p.expires_on, l.days, l.quantity, l.refills, l.dispensed, l.fill_begun_on
    from visit v
    join prescription p on p.member_id = v.member_id and p.cancelled_at is null
    join visit w on w.visit_id = p.visit_id and case when v.newborn then w.visit_id = v.visit_id else not w.newborn end
    join prescription_line l on l.prescription_id = p.prescription_id
    where v.visit_id = in_visit and (caller_is_system() or v.facility_id = caller_organization());
end $$;

revoke execute on function prescribed_before from public;
grant execute on function prescribed_before to visits_app;
