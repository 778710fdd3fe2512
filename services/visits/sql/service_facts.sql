-- The visit, locked, and what adjudication needs as one document; no row when the caller is no party to it. Lines are
-- given as arrays: codes, days (null: the visit's), and the numbers of pre-authorizations that any of them names.
-- `in_owner` is the pre-authorization or claim that is decided anew: what it did itself is left out.
--
-- Locks are taken in one order everywhere: the visit, then the holders of the balances. So a member's care is decided one
-- after the other, also at two facilities. Each statement of a function sees what was committed before it: whatever is
-- read here is read after the locks.
create or replace function service_facts(in_visit uuid, in_party uuid, in_owner uuid, in_now timestamptz,
    in_codes text[], in_days date[], in_numbers text[])
returns table (locked visit, facts json)
language plpgsql security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
    cover coverage;
    own uuid[];
    newborn uuid;
    first_day date;
    last_day date;
begin
    select v.* into locked from visit v
    where v.visit_id = in_visit and case when in_party is null then caller_is_system()
        else in_party = caller_organization() and in_party in (v.facility_id, v.payer_id) end
    for update;
    if not found then
        return;
    end if;
    select c.* into cover from coverage c where c.coverage_id = locked.coverage_id;
    if not found then
        return next;
        return;
    end if;
    perform benefit_hold(cover);
    newborn := case when locked.newborn then locked.visit_id end;
    own := array(select l.line_id from service_line l where l.owner_id = in_owner and l.replaced_by is null);

    select least(locked.service_date, min(l.day)), greatest(locked.service_date, max(l.day)) into first_day, last_day
    from unnest(in_days) l (day);

    with wanted as (
        select distinct l.code, coalesce(l.day, locked.service_date) as day from unnest(in_codes, in_days) l (code, day)
    ), priced as (
        select w.day, t.*
        from wanted w
        cross join lateral (
            select t.* from tariff t
            where t.payer_id = locked.payer_id and t.code = w.code and t.valid_from <= w.day
              and (t.valid_to is null or t.valid_to >= w.day)
              and (t.facility_id is null or t.facility_id = locked.facility_id)
            order by t.facility_id nulls last limit 1) t
    ), benefits as (
        select distinct b.benefit, p.day from priced p cross join lateral unnest(p.benefits) b (benefit)
    ), earlier as (
        -- The same care on the same day, and of each benefit the nearest care before and after: of the same patient. A
        -- newborn is another one than the mother under whose number it is, or than its twin.
        select h.code, h.benefit, h.given_on
        from wanted w
        join service_line h on h.member_id = locked.member_id and h.given_on = w.day and h.code = w.code
            and h.active and h.owner_kind = 'CLAIM' and h.owner_id is distinct from in_owner
            and h.newborn_visit_id is not distinct from newborn
        union
        select h.code, h.benefit, h.given_on
        from benefits b
        cross join lateral (
            (select h.code, h.benefit, h.given_on from service_line h
             where h.member_id = locked.member_id and h.benefit = b.benefit and h.given_on < b.day
               and h.active and h.owner_kind = 'CLAIM' and h.owner_id is distinct from in_owner
               and h.newborn_visit_id is not distinct from newborn
             order by h.given_on desc limit 1)
            union all
            (select h.code, h.benefit, h.given_on from service_line h
             where h.member_id = locked.member_id and h.benefit = b.benefit and h.given_on > b.day
               and h.active and h.owner_kind = 'CLAIM' and h.owner_id is distinct from in_owner
               and h.newborn_visit_id is not distinct from newborn
             order by h.given_on limit 1)) h
    ), approved as (
        -- The visit's own approvals, and those named: of this member, or of this facility, for only those parties knew of
        -- them before.
        select a.line_id, a.owner_number, a.visit_id, a.code, a.member_id, a.facility_id, a.approved_from, a.approved_to,
            a.approved_quantity - coalesce(d.quantity, 0) as quantity, a.allowed - coalesce(d.allowed, 0) as amount
        from service_line a
        cross join lateral (
            select sum(d.approved_quantity) as quantity, sum(d.allowed) as allowed from service_line d
            where d.approval_id = a.line_id and d.active and d.owner_id is distinct from in_owner) d
        where a.owner_kind = 'PREAUTHORIZATION' and a.active and a.payer_id = locked.payer_id
          and (a.visit_id = locked.visit_id or (a.owner_number = any (in_numbers)
            and (a.member_id = locked.member_id or a.facility_id = locked.facility_id)))
          and a.owner_id is distinct from in_owner
    ), held as (
        select e.reservation_id, e.account, e.scope, e.period_key, e.unit, sum(e.reserved_delta) as amount
        from benefit_entry e
        where e.reservation_id in (select a.line_id from approved a) and not e.cause_id = any (own)
        group by 1, 2, 3, 4, 5
    ), balances as (
        -- All that stand on these days: which of them the lines touch, the plan decides.
        select b.* from benefit_balance b
        where b.holder_id in (cover.member_id, cover.family_id) and b.plan_id = cover.plan_id
          and b.ends_on >= first_day and b.starts_on <= last_day
          and (b.period <> 'VISIT' or b.period_key = 'V:' || locked.visit_id)
    ), own_entries as (
        select e.holder_id, e.account, e.scope, e.period_key, e.unit, sum(e.used_delta) as used,
            sum(e.reserved_delta) as reserved
        from benefit_entry e where e.cause_id = any (own)
        group by 1, 2, 3, 4, 5
    )
    select json_build_object(
        'coverage', to_json(cover),
        'family_size', case when (
                select p.grows from plan_version p
                where p.plan_id = cover.plan_id and p.version = cover.plan_version)
            then (
                select count(*) from coverage f
                where f.family_id = cover.family_id and f.plan_id = cover.plan_id and f.valid @> locked.service_date)
            else 1 end,
        'last_day', (coalesce(locked.discharged_at, in_now) at time zone coalesce((
            select o.time_zone from organization_ref o where o.organization_id = locked.facility_id), 'UTC'))::date,
        'rules', (select to_json(r) from payer_claim_rules r where r.payer_id = locked.payer_id),
        'tariffs', (
            select json_agg(json_build_object('day', p.day, 'code', p.code, 'kind', p.kind, 'benefits', p.benefits,
                'currency', p.currency, 'price', p.price, 'most_quantity', p.most_quantity))
            from priced p),
        'contracts', (
            select json_agg(json_build_object('from', k.valid_from, 'to', k.valid_to,
                'inpatients_to_last_day', k.inpatients_to_last_day, 'correction_days', k.correction_days))
            from contract k
            where k.payer_id = locked.payer_id and k.facility_id = locked.facility_id
              and k.valid && daterange(first_day, last_day, '[]')),
        'history', (select json_agg(json_build_object('code', h.code, 'benefit', h.benefit, 'date', h.given_on)) from earlier h),
        'approvals', (
            select json_agg(json_build_object('line', a.line_id, 'number', a.owner_number, 'visit', a.visit_id,
                'code', a.code, 'member', a.member_id, 'facility', a.facility_id, 'from', a.approved_from,
                'to', a.approved_to, 'quantity', a.quantity, 'amount', a.amount, 'held', (
                    select json_agg(json_build_object('account', h.account, 'scope', h.scope, 'period_key', h.period_key,
                        'unit', h.unit, 'amount', h.amount))
                    from held h where h.reservation_id = a.line_id and h.amount > 0)) order by a.line_id)
            from approved a),
        'balances', (
            select json_agg(json_build_object('account', b.account, 'scope', b.scope, 'period_key', b.period_key,
                'unit', b.unit, 'used', b.used - coalesce(o.used, 0), 'reserved', b.reserved - coalesce(o.reserved, 0)))
            from balances b
            left join own_entries o on o.holder_id = b.holder_id and o.account = b.account and o.scope = b.scope
                and o.period_key = b.period_key and o.unit = b.unit))
    into facts;
    return next;
end $$;

revoke execute on function service_facts from public;
grant execute on function service_facts to visits_app;
