-- The visit journey at the limit: each step is one statement that writes the outbox too, sent in one round trip with the
-- caller it is for. Ids follow one another as the platform's do; no member is admitted twice at one place on one day,
-- nor yesterday, when each has the visit that is read.
\set k :k + 1
\set j :start + :client_id + :k * :clients
\set n :j % :members
\set lap :j / :members
\set f (:j + :lap) % :facilities + 1
\set days :lap / :facilities
\set ms :base + :k

\startpipeline
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '10000', true);
with kept as (
    insert into visit (visit_id, version, facility_id, state, service_date, started_at, started_by, expires_at,
        identifier_hash, sealed_challenge, challenge_id, masked_destination, code_expires_at, resend_available_at)
    values ((lpad(to_hex(:ms::bigint), 12, '0') || '70008000' || lpad(to_hex(:j::bigint), 12, '0'))::uuid, 1,
        ('@FACILITIES@'::uuid[])[:f], 'AWAITING_CODE', current_date - 2 * (:days)::int, now(),
        '01920000-0000-7000-8000-000000000001', now() + interval '2 hours', sha256(int8send(:n::bigint)),
        decode(repeat('5a', 150), 'hex'), '01920000-0000-7000-8000-000000000002', '+250 78* *** *12',
        now() + interval '5 minutes', now() + interval '1 minute')
    returning visit_id, facility_id)
insert into outbox (event_id, organization_id, aggregate_type, aggregate_id, aggregate_version, type, payload, occurred_at,
    published_at)
select gen_random_uuid(), facility_id, 'visit', visit_id, 1, 'careway.visits.v1.VisitStarted',
    decode(repeat('5a', 88), 'hex'), now(), now() from kept;
\endpipeline

\startpipeline
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '10000', true);
with kept as (
    update visit v set version = 2, state = 'VERIFIED', expires_at = now() + interval '1 day',
        identifier_hash = sha256(int8send(:n::bigint + 1)), sealed_challenge = null, challenge_id = null,
        masked_destination = null, payer_id = c.payer_id, member_id = c.member_id, family_id = c.family_id,
        member_birth_date = date '1990-04-12', sealed_member = '@SEALED@', coverage_id = c.coverage_id, plan_id = c.plan_id,
        plan_version = c.plan_version, entitlement = '@ENTITLEMENT@', verified_at = now(),
        verified_by = '01920000-0000-7000-8000-000000000001'
    from entitlement_coverage c
    where v.visit_id = (lpad(to_hex(:ms::bigint), 12, '0') || '70008000' || lpad(to_hex(:j::bigint), 12, '0'))::uuid
        and v.version = 1 and c.member_id = (select member_id from bench_member where n = :n) and c.valid @> current_date
    returning v.visit_id, v.facility_id, v.payer_id)
insert into outbox (event_id, organization_id, also_organization, aggregate_type, aggregate_id, aggregate_version, type,
    payload, occurred_at, published_at)
select gen_random_uuid(), facility_id, payer_id, 'visit', visit_id, 2, 'careway.visits.v1.VisitVerified',
    decode(repeat('5a', 165), 'hex'), now(), now() from kept;
\endpipeline

\startpipeline
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '10000', true);
with kept as (
    update visit set version = 3, state = 'ADMITTED', expires_at = null, service_type = 'OUTPATIENT',
        visit_number = 'R' || nextval('visit_number_sequence'), admitted_at = now()
    where visit_id = (lpad(to_hex(:ms::bigint), 12, '0') || '70008000' || lpad(to_hex(:j::bigint), 12, '0'))::uuid
        and facility_id = ('@FACILITIES@'::uuid[])[:f] and version = 2
    returning visit_id, facility_id, payer_id)
insert into outbox (event_id, organization_id, also_organization, aggregate_type, aggregate_id, aggregate_version, type,
    payload, occurred_at, published_at)
select gen_random_uuid(), facility_id, payer_id, 'visit', visit_id, 3, 'careway.visits.v1.VisitAdmitted',
    decode(repeat('5a', 152), 'hex'), now(), now() from kept;
\endpipeline

\startpipeline
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '10000', true);
select state, payer_id, member_id, service_type, service_date, discharged_at, entitlement, coverage_id, family_id, plan_id,
    plan_version, valid_from, valid_to, member_since, policy_year_from, status, suspensions, termination_reason, replaced_by,
    version, created_at, family_size, accounts, scopes, periods, units, used, reserved
from visit_benefits
where visit_id = (lpad(to_hex(:ms::bigint), 12, '0') || '70008000' || lpad(to_hex(:j::bigint), 12, '0'))::uuid
    and (facility_id = ('@FACILITIES@'::uuid[])[:f] or payer_id = ('@FACILITIES@'::uuid[])[:f]);
\endpipeline
