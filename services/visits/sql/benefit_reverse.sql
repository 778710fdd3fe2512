-- Takes claims' lines back: balances are as before them, the reservations they drew on included, unless those were
-- released meanwhile. How many entries that made; again: none.
create or replace function benefit_reverse(in_cause_kind text, in_cause_ids uuid[], in_at timestamptz) returns integer
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

revoke execute on function benefit_reverse from public;
grant execute on function benefit_reverse to visits_app;
