-- What these lines hold of each balance: what is free again when they are decided anew.
create or replace function benefit_held(in_lines uuid[]) returns json
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    perform benefit_door(e.coverage_id) from (
        select distinct coverage_id from benefit_entry where reservation_id = any (in_lines)) e;
    return (
        select coalesce(json_agg(json_build_object('account', h.account, 'scope', h.scope, 'period_key', h.period_key,
            'unit', h.unit, 'amount', h.amount)), '[]')
        from (
            select e.account, e.scope, e.period_key, e.unit, sum(e.reserved_delta) as amount
            from benefit_entry e where e.reservation_id = any (in_lines)
            group by 1, 2, 3, 4) h
        where h.amount > 0);
end $$;

revoke execute on function benefit_held from public;
grant execute on function benefit_held to visits_app;
