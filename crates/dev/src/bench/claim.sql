-- A claim of five lines at the limit: the service's own two statements and its outbox, sent in one round trip with the caller
-- they are for. Nothing is adjudicated between them: the second writes what the platform wrote for such a claim.
\set k :k + 1
\set n :start + (:client_id + (:k - 1) * :clients) % (:members / 2)
\set f :n % :facilities + 1

\startpipeline
begin;
select set_config('careway.organization', ('@FACILITIES@'::text[])[:f], true), set_config('careway.kind', 'FACILITY', true),
    set_config('careway.purpose', '', true), set_config('statement_timeout', '10000', true);
select (f.locked).*, f.facts, (now() at time zone 'Africa/Kigali')::date as today, nextval('claim_number_sequence')
from service_facts((lpad(to_hex(:base::bigint + :n::bigint), 12, '0') || '70008000' || lpad(to_hex(:n::bigint), 12, '0'))::uuid,
    ('@FACILITIES@'::uuid[])[:f], null, now(), '{CONS-1,LAB-1,LAB-2,IMG-1,MED-1}', array[null, null, null, null, null]::date[],
    '{}') f;
with v as (
    select * from visit
    where visit_id = (lpad(to_hex(:base::bigint + :n::bigint), 12, '0') || '70008000' || lpad(to_hex(:n::bigint), 12, '0'))::uuid
), head as (
    insert into claim (claim_id, number, visit_id, visit_number, facility_id, payer_id, member_id, coverage_id,
        identifier_hash, service_date, service_type, currency, created_at, resubmission, version, state, content_hash,
        document_ids, submit_by, submitted_at, review_reasons, submitted, write_off, not_covered, deductible, copay,
        coinsurance, over_category, over_ceiling, payer, decided_at, appeal_by)
    select ('01920009-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, 'C-' || :n::bigint, v.visit_id,
        v.visit_number, v.facility_id, v.payer_id, v.member_id, v.coverage_id, v.identifier_hash, v.service_date,
        v.service_type, c.currency, now(), c.resubmission, c.version, c.state, c.content_hash, c.document_ids, c.submit_by,
        now(), c.review_reasons, c.submitted, c.write_off, c.not_covered, c.deductible, c.copay, c.coinsurance,
        c.over_category, c.over_ceiling, c.payer, now(), c.appeal_by
    from bench_claim c cross join v
    returning 1
), counted as (update visit set claims = claims + 1 where visit_id = (select visit_id from v) returning 1)
select save_service_lines(
    replace(replace(replace(replace(replace('@LINES@', '#', lpad(to_hex(:n::bigint), 12, '0')), '@V', v.visit_id::text),
        '@M', v.member_id::text), '@C', v.coverage_id::text), '@F', v.facility_id::text)::json,
    '@DETAILS@'::bytea[], 'REVERSE', '{}', 'COMMIT', v.coverage_id, now(),
    replace('@POSTINGS@', '#', lpad(to_hex(:n::bigint), 12, '0'))::jsonb)
from v;
insert into outbox (event_id, organization_id, also_organization, aggregate_type, aggregate_id, aggregate_version, type,
    payload, occurred_at, published_at)
select gen_random_uuid(), ('@FACILITIES@'::uuid[])[:f], null, 'claim',
    ('01920009-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, version, type,
    decode(repeat('5a', 180), 'hex'), now(), now()
from (values (2, 'careway.visits.v1.ClaimSubmitted'), (3, 'careway.visits.v1.ClaimDecided')) as fact (version, type);
commit;
\endpipeline
