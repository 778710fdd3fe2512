-- A claim, its lines, and what is known of their care, read under the lock of the visit, which every change of a claim
-- takes first; no row when the caller is no party to the claim. With codes, what bears on these instead of its own lines.
create or replace function claim_facts(in_claim uuid, in_party uuid, in_now timestamptz, in_codes text[], in_days date[],
    in_numbers text[])
returns table (locked visit, facts json, own_claim json, own_lines json)
language plpgsql set search_path = public, pg_temp as $$
declare
    it claim;
    given boolean := in_codes is not null;
begin
    perform from visit v where v.visit_id = (select c.visit_id from claim c where c.claim_id = in_claim) for update;
    select c.* into it from claim c
    where c.claim_id = in_claim
      and (c.facility_id = in_party or (c.payer_id = in_party and c.submitted_at is not null));
    if not found then
        return;
    end if;
    return query
    with own as (
        select l.* from service_line l where l.owner_id = it.claim_id and l.replaced_by is null
    )
    select f.locked, f.facts, to_json(it), (select json_agg(o order by o.position) from own o)
    from service_facts(it.visit_id, in_party, it.claim_id, in_now,
        case when given then in_codes else array(select o.code from own o order by o.position) end,
        case when given then in_days else array(select o.given_on from own o order by o.position) end,
        case when given then in_numbers
            else array(select o.preauthorization_number from own o where o.preauthorization_number is not null) end) f;
end $$;

revoke execute on function claim_facts from public;
grant execute on function claim_facts to visits_app;
