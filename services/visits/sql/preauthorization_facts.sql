-- Everything a pre-authorization is decided from, in one statement: its visit and its family locked, and then itself;
-- what adjudication needs of its lines and of others that are asked for; and each of its lines, a row each, with what
-- claims have taken of it. `in_touched` are the numbers of lines that are changed or cancelled. No row when the caller is
-- no party to it.
create or replace function preauthorization_facts(in_preauthorization uuid, in_party uuid, in_now timestamptz, in_touched integer[],
    in_codes text[], in_days date[])
returns table (header jsonb, locked visit, facts json, freed json, line service_line, taken bigint)
language plpgsql set search_path = public, pg_temp as $$
declare
    asked preauthorization;
    visited uuid := (select p.visit_id from preauthorization p where p.preauthorization_id = in_preauthorization);
    care record;
    held json;
begin
    -- The visit's lock stands before all that is read of its pre-authorizations.
    perform from visit v where v.visit_id = visited for update;
    select f.locked, f.facts into care
    from (
        select array_agg(l.code order by l.position) as codes, array_agg(l.given_on order by l.position) as days
        from service_line l where l.owner_id = in_preauthorization and l.replaced_by is null) l
    cross join lateral service_facts(visited, in_party, null, in_now, l.codes || in_codes, l.days || in_days, '{}') f;
    select p.* into asked from preauthorization p
    where p.preauthorization_id = in_preauthorization and in_party in (p.facility_id, p.payer_id)
    for update;
    if not found then
        return;
    end if;
    held := benefit_held(array(
        select unnest(array[l->>'former', case when (l->>'sequence')::integer = any (in_touched) then l->>'id' end])::uuid
        from jsonb_array_elements(asked.lines) l));
    return query
    select to_jsonb(asked), care.locked, care.facts, held, l, (
        select coalesce(sum(d.approved_quantity), 0)::bigint from service_line d
        where d.approval_id = l.line_id and d.active)
    from service_line l
    where l.owner_id = in_preauthorization and l.replaced_by is null
    order by l.position;
end $$;

revoke execute on function preauthorization_facts from public;
grant execute on function preauthorization_facts to visits_app;
