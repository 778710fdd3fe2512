-- Locks the balances that entries of these causes touch, having checked the caller for their coverages.
create or replace function benefit_lock_entries(in_cause_kind text, in_cause_ids uuid[]) returns void
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

revoke execute on function benefit_lock_entries from public;
