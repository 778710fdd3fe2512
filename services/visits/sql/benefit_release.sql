-- Gives back what is left of reservations, if only nothing; how many entries that made. Again: none.
create or replace function benefit_release(in_cause_kind text, in_cause_ids uuid[], in_at timestamptz) returns integer
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

revoke execute on function benefit_release from public;
grant execute on function benefit_release to visits_app;
