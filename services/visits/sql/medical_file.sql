-- What was recorded of a visit's patient, for the facility whose visit it is; nothing for anybody else. With `in_others`
-- also what other facilities recorded, whose documents are open to the visit from now on: whether they may be seen is
-- decided by who asks. Visits that the member says were not theirs are nobody's file. A newborn under its mother's number
-- has the file of its own visit alone: hers is not its, and which of twins another visit was, nobody knows. Sealed columns
-- stay sealed; bytes are written in hexadecimal.
create or replace function medical_file(in_visit uuid, in_others boolean, in_most integer, in_at timestamptz) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    here visit;
    answer jsonb;
begin
    select v.* into here from visit v
    where v.visit_id = in_visit and v.facility_id = caller_organization() and v.member_id is not null;
    if not found then
        return null;
    end if;
    with theirs as (
        select v.visit_id, v.facility_id, v.visit_number, v.service_date, v.service_type, v.practitioner, o.name as facility_name
        from visit v
        left join organization_ref o on o.organization_id = v.facility_id
        where v.member_id = here.member_id and v.payer_id = here.payer_id and v.state in ('ADMITTED', 'DISCHARGED')
          and (in_others or v.facility_id = here.facility_id)
          and not v.disputed
          and case when here.newborn then v.visit_id = in_visit else not v.newborn end
    ), cared as (
        select l.line_id, l.sealed_details, l.given_on, t.facility_name
        from service_line l join theirs t on t.visit_id = l.visit_id
        where l.owner_kind = 'CLAIM' and l.active
        order by l.given_on desc, l.line_id desc limit in_most
    ), prescribed as (
        select p.prescription_id, p.prescription_number, p.sealed_content, p.issued_on, p.cancelled_at is not null as cancelled,
            t.facility_name, (
                select jsonb_agg(jsonb_build_object('name', m.name, 'strength', m.strength, 'days', m.days,
                    'dispensed', m.dispensed) order by m.line_number)
                from prescription_line m where m.prescription_id = p.prescription_id) as medicines
        from prescription p join theirs t on t.visit_id = p.visit_id
        order by p.prescription_id desc limit in_most
    ), filed as (
        select d.document_id, d.kind, d.sealed_title, d.added_at, t.facility_id, t.facility_name
        from document d join theirs t on t.visit_id = d.visit_id
        where d.retracted_at is null
        order by d.document_id desc limit in_most
    ), opened as (
        insert into document_opening (document_id, visit_id, facility_id, opened_at)
        select f.document_id, in_visit, here.facility_id, in_at from filed f where f.facility_id <> here.facility_id
        on conflict do nothing
    ), earlier as (
        select t.* from theirs t where t.visit_id <> in_visit order by t.service_date desc, t.visit_id desc limit in_most
    )
    select jsonb_build_object(
        'visits', (select coalesce(jsonb_agg(jsonb_build_object('visit_number', e.visit_number, 'facility_name',
            e.facility_name, 'service_date', e.service_date, 'service_type', e.service_type, 'practitioner',
            e.practitioner) order by e.service_date desc, e.visit_id desc), '[]') from earlier e),
        'care', (select coalesce(jsonb_agg(jsonb_build_object('line_id', c.line_id, 'sealed_details',
            encode(c.sealed_details, 'hex'), 'given_on', c.given_on, 'facility_name', c.facility_name)
            order by c.given_on desc, c.line_id desc), '[]') from cared c),
        'prescriptions', (select coalesce(jsonb_agg(jsonb_build_object('prescription_id', p.prescription_id,
            'prescription_number', p.prescription_number, 'sealed_content', encode(p.sealed_content, 'hex'), 'issued_on',
            p.issued_on, 'cancelled', p.cancelled, 'facility_name', p.facility_name, 'medicines', p.medicines)
            order by p.prescription_id desc), '[]') from prescribed p),
        'documents', (select coalesce(jsonb_agg(jsonb_build_object('document_id', f.document_id, 'kind', f.kind,
            'sealed_title', encode(f.sealed_title, 'hex'), 'added_at', f.added_at, 'facility_name', f.facility_name)
            order by f.document_id desc), '[]') from filed f)
    ) into answer;
    return answer;
end $$;

revoke execute on function medical_file from public;
grant execute on function medical_file to visits_app;
