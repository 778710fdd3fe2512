-- The door through which a facility reads its patient's cover: by the visit, and nothing else. One statement answers
-- a benefit statement but for the plan's text, which never changes and is kept in memory.
--
-- A view and not policies on coverage and balances: those would have to look the visit up again for every row.
-- A view and not a function: it is planned with the statement that reads it, once per connection. It runs as its
-- owner, whom the policies let read coverages and balances; the visit's own row-level security still asks who calls.
create view visit_benefits with (security_barrier) as
select v.visit_id, v.state, v.facility_id, v.payer_id, v.member_id, v.service_type, v.service_date, v.discharged_at,
       v.entitlement, p.definition, c.coverage_id, c.family_id, c.plan_id, c.plan_version, c.valid_from, c.valid_to, c.member_since,
       c.policy_year_from, c.status, c.suspensions, c.termination_reason, c.replaced_by, c.version, c.created_at,
       case when p.grows then (
           select count(*) from coverage f
           where f.family_id = c.family_id and f.plan_id = c.plan_id and f.valid @> v.service_date)
       else 1 end as family_size,
       b.*
from visit v
left join coverage c on c.coverage_id = v.coverage_id
left join plan_version p on p.plan_id = c.plan_id and p.version = c.plan_version
left join lateral (
    select array_agg(b.account) as accounts, array_agg(b.scope) as scopes, array_agg(b.period) as periods,
           array_agg(b.unit) as units, array_agg(b.used) as used, array_agg(b.reserved) as reserved
    from benefit_balance b
    where b.holder_id in (c.member_id, c.family_id) and b.plan_id = c.plan_id
      and b.ends_on >= v.service_date and b.starts_on <= v.service_date
      and (b.period <> 'VISIT' or b.period_key = 'V:' || v.visit_id)
) b on true
where caller_is_system() or v.facility_id = caller_organization() or v.payer_id = caller_organization();

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select on visit_benefits to %I', app);
end $$;
