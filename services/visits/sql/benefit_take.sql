-- Reserves or commits, all or nothing; how many entries that made. What was posted before is left out, so a repeated
-- batch makes none; the same cause with another amount meets benefit_entry_once. A commit draws on its reservation
-- first. Beyond a limit: benefit_balance_within_limit.
create or replace function benefit_take(in_coverage uuid, in_kind text, in_at timestamptz, in_postings jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    cover coverage := benefit_door(in_coverage);
    postings benefit_posting[] := array(select p from jsonb_populate_recordset(null::benefit_posting, in_postings) p);
    made integer;
begin
    if in_kind not in ('RESERVE', 'COMMIT') then
        raise exception 'only RESERVE and COMMIT take' using errcode = 'check_violation', constraint = 'benefit_entry_deltas';
    end if;
    perform benefit_lock(cover, postings);
    with fresh as (
        select p.*, case p.scope when 'FAMILY' then cover.family_id else cover.member_id end as holder_id
        from unnest(postings) with ordinality as
            p (account, scope, period, period_key, starts_on, ends_on, unit, amount, most, cause_kind, cause_id, reservation_id, n)
        where not exists (
            select from benefit_entry e
            where e.cause_id = p.cause_id and e.cause_kind = p.cause_kind and e.kind = in_kind and e.account = p.account
              and e.scope = p.scope and e.period_key = p.period_key and e.unit = p.unit and e.amount = p.amount)
    ), drawing as (
        -- Lines of one batch that draw on one reservation draw on it one after the other.
        select f.*, greatest(0, least(f.amount, (
                select coalesce(sum(e.reserved_delta), 0) from benefit_entry e
                where e.reservation_id = f.reservation_id and e.account = f.account and e.scope = f.scope
                  and e.period_key = f.period_key and e.unit = f.unit)
            - coalesce(sum(f.amount) over (
                partition by f.reservation_id, f.account, f.scope, f.period_key, f.unit order by f.n
                rows between unbounded preceding and 1 preceding), 0))) as drawn
        from fresh f
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, limit_at_write, cause_kind, cause_id, reservation_id)
        select in_at, cover.payer_id, cover.coverage_id, cover.plan_id, d.holder_id, d.scope, d.account, d.period,
            d.period_key, d.ends_on, d.unit, in_kind, d.amount,
            case in_kind when 'COMMIT' then d.amount else 0 end,
            case in_kind when 'COMMIT' then case when d.reservation_id is null then 0 else -d.drawn end else d.amount end,
            d.most, d.cause_kind, d.cause_id,
            case in_kind when 'COMMIT' then d.reservation_id else d.cause_id end
        from drawing d order by d.n
        returning *
    ), summed as (
        select p.holder_id, p.ends_on, p.account, p.scope, p.period_key, p.unit, count(*) as entries,
            sum(p.used_delta) as used, sum(p.reserved_delta) as reserved, min(p.limit_at_write) as most
        from posted p group by 1, 2, 3, 4, 5, 6
    ), kept as (
        update benefit_balance b
        set used = b.used + s.used, reserved = b.reserved + s.reserved, limit_at_write = s.most
        from summed s
        where b.holder_id = s.holder_id and b.plan_id = cover.plan_id and b.ends_on = s.ends_on and b.account = s.account
          and b.scope = s.scope and b.period_key = s.period_key and b.unit = s.unit
        returning s.entries
    )
    select coalesce(sum(k.entries), 0) into made from kept k;
    return made;
end $$;

revoke execute on function benefit_take from public;
grant execute on function benefit_take to visits_app;
