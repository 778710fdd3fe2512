-- A pre-authorization is released, and a claim reversed, with all its lines at once; and whoever posts, or decides what
-- to post, holds the coverage's family and member first. So nothing changes between a decision and its posting, and no
-- balance is made meanwhile that the decision did not know of.
drop function benefit_release(text, uuid, timestamptz);
drop function benefit_reverse(text, uuid, timestamptz);
drop function benefit_lock_entries(text, uuid);
-- Balances are read with everything else that adjudication needs.
drop function benefit_balances(uuid, jsonb);

-- Holds whoever the coverage's balances are kept for, until the transaction ends: the family and the member, in one
-- order. A lock of no row, for there may be no balance yet.
create function benefit_hold(cover coverage) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('benefit holder ' || least(cover.family_id, cover.member_id), 0));
    if cover.family_id <> cover.member_id then
        perform pg_advisory_xact_lock(
            hashtextextended('benefit holder ' || greatest(cover.family_id, cover.member_id), 0));
    end if;
end $$;

-- The balances, made where missing and locked in one order after their holders. Each statement of a function sees what
-- was committed before it: whatever follows reads what the locks protect.
create or replace function benefit_lock(cover coverage, postings benefit_posting[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform benefit_hold(cover);
    insert into benefit_balance (payer_id, plan_id, holder_id, scope, account, period, period_key, starts_on, ends_on, unit, used, reserved)
    select distinct cover.payer_id, cover.plan_id, case p.scope when 'FAMILY' then cover.family_id else cover.member_id end,
           p.scope, p.account, p.period, p.period_key, p.starts_on, p.ends_on, p.unit, 0, 0
    from unnest(postings) p
    where not exists (
        select from benefit_balance b
        where b.holder_id = case p.scope when 'FAMILY' then cover.family_id else cover.member_id end
          and b.plan_id = cover.plan_id and b.ends_on = p.ends_on and b.account = p.account and b.scope = p.scope
          and b.period_key = p.period_key and b.unit = p.unit)
    order by 3, 9, 5, 4, 7, 10
    on conflict do nothing;

    perform from benefit_balance b
    where b.holder_id in (cover.member_id, cover.family_id) and b.plan_id = cover.plan_id
      and (b.ends_on, b.account, b.scope, b.period_key, b.unit) in
          (select p.ends_on, p.account, p.scope, p.period_key, p.unit from unnest(postings) p)
    order by b.holder_id, b.ends_on, b.account, b.scope, b.period_key, b.unit
    for update;
end $$;

-- Locks the balances that entries of these causes touch, having checked the caller for their coverages.
create function benefit_lock_entries(in_cause_kind text, in_cause_ids uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform benefit_hold(benefit_door(e.coverage_id)) from (
        select distinct coverage_id from benefit_entry
        where cause_id = any (in_cause_ids) and cause_kind = in_cause_kind order by 1) e;
    perform from benefit_balance b
    where (b.holder_id, b.plan_id, b.ends_on, b.account, b.scope, b.period_key, b.unit) in (
        select e.holder_id, e.plan_id, e.ends_on, e.account, e.scope, e.period_key, e.unit
        from benefit_entry e where e.cause_id = any (in_cause_ids) and e.cause_kind = in_cause_kind)
    order by b.holder_id, b.ends_on, b.account, b.scope, b.period_key, b.unit
    for update;
end $$;

-- Gives back what is left of reservations, if only nothing; how many entries that made. Again: none.
create function benefit_release(in_cause_kind text, in_cause_ids uuid[], in_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare made integer;
begin
    perform benefit_lock_entries(in_cause_kind, in_cause_ids);
    with held as (
        select r.cause_id, e.payer_id, r.coverage_id, e.plan_id, e.holder_id, e.scope, e.account, e.period, e.period_key,
            e.ends_on, e.unit, sum(e.reserved_delta) as left_over
        from benefit_entry r
        join benefit_entry e on e.reservation_id = r.cause_id and e.account = r.account and e.scope = r.scope
            and e.period_key = r.period_key and e.unit = r.unit
        where r.cause_id = any (in_cause_ids) and r.cause_kind = in_cause_kind and r.kind = 'RESERVE'
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        having count(*) filter (where e.kind = 'RELEASE') = 0
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, cause_kind, cause_id, reservation_id)
        select in_at, h.payer_id, h.coverage_id, h.plan_id, h.holder_id, h.scope, h.account, h.period, h.period_key,
            h.ends_on, h.unit, 'RELEASE', h.left_over, 0, -h.left_over, in_cause_kind, h.cause_id, h.cause_id
        from held h
        returning *
    ), summed as (
        select p.holder_id, p.plan_id, p.ends_on, p.account, p.scope, p.period_key, p.unit, count(*) as entries,
            sum(p.reserved_delta) as reserved
        from posted p group by 1, 2, 3, 4, 5, 6, 7
    ), kept as (
        update benefit_balance b set reserved = b.reserved + s.reserved
        from summed s
        where b.holder_id = s.holder_id and b.plan_id = s.plan_id and b.ends_on = s.ends_on and b.account = s.account
          and b.scope = s.scope and b.period_key = s.period_key and b.unit = s.unit
        returning s.entries
    )
    select coalesce(sum(k.entries), 0) into made from kept k;
    return made;
end $$;

-- Takes claims' lines back: balances are as before them, the reservations they drew on included, unless those were
-- released meanwhile. How many entries that made; again: none.
create function benefit_reverse(in_cause_kind text, in_cause_ids uuid[], in_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare made integer;
begin
    perform benefit_lock_entries(in_cause_kind, in_cause_ids);
    with taken as (
        select c.*, exists (
            select from benefit_entry r
            where r.cause_id = c.reservation_id and r.kind = 'RELEASE' and r.account = c.account and r.scope = c.scope
              and r.period_key = c.period_key and r.unit = c.unit) as released
        from benefit_entry c
        where c.cause_id = any (in_cause_ids) and c.cause_kind = in_cause_kind and c.kind = 'COMMIT' and not exists (
            select from benefit_entry r
            where r.cause_id = c.cause_id and r.cause_kind = c.cause_kind and r.kind = 'REVERSE' and r.account = c.account
              and r.scope = c.scope and r.period_key = c.period_key and r.unit = c.unit)
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, cause_kind, cause_id, reservation_id)
        select in_at, t.payer_id, t.coverage_id, t.plan_id, t.holder_id, t.scope, t.account, t.period, t.period_key,
            t.ends_on, t.unit, 'REVERSE', t.amount, -t.amount, case when t.released then 0 else -t.reserved_delta end,
            t.cause_kind, t.cause_id, t.reservation_id
        from taken t
        returning *
    ), summed as (
        select p.holder_id, p.plan_id, p.ends_on, p.account, p.scope, p.period_key, p.unit, count(*) as entries,
            sum(p.used_delta) as used, sum(p.reserved_delta) as reserved
        from posted p group by 1, 2, 3, 4, 5, 6, 7
    ), kept as (
        update benefit_balance b set used = b.used + s.used, reserved = b.reserved + s.reserved
        from summed s
        where b.holder_id = s.holder_id and b.plan_id = s.plan_id and b.ends_on = s.ends_on and b.account = s.account
          and b.scope = s.scope and b.period_key = s.period_key and b.unit = s.unit
        returning s.entries
    )
    select coalesce(sum(k.entries), 0) into made from kept k;
    return made;
end $$;

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    revoke execute on function benefit_hold, benefit_lock_entries, benefit_release, benefit_reverse from public;
    execute format('grant execute on function benefit_release, benefit_reverse to %I', app);
end $$;
