-- The benefits read at the limit: the service's own statement, sent in one round trip with the caller it is for.
\set n random(0, :members - 1)
\set f :n % :facilities + 1

\startpipeline
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '5000', true);
select state, payer_id, member_id, service_type, service_date, discharged_at, entitlement, coverage_id, family_id, plan_id,
    plan_version, valid_from, valid_to, member_since, policy_year_from, status, suspensions, termination_reason, replaced_by,
    version, created_at, family_size, accounts, scopes, periods, units, used, reserved
from visit_benefits
where visit_id = (lpad(to_hex(:base::bigint + :n::bigint), 12, '0') || '70008000' || lpad(to_hex(:n::bigint), 12, '0'))::uuid
    and (facility_id = ('@FACILITIES@'::uuid[])[:f] or payer_id = ('@FACILITIES@'::uuid[])[:f]);
\endpipeline
