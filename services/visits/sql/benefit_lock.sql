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

revoke execute on function benefit_lock from public;
