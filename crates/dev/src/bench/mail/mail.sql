-- A mail that opens a case at the limit: the service's own statements, in one transaction and one round trip, with identity's
-- look-up of who wrote it. Nothing is read, judged or sealed between them: they write what the platform wrote for such a mail.
\set k :k + 1
\set n :base + :client_id + :k * :clients
\set a random(0, :authors - 1)

\startpipeline
begin;
select open_call('', '', 'take-mail', '10000', null, null);
select m.account_id, m.organization_id, o.kind, o.name as organization_name, o.status as organization_status, o.locale, a.email,
    m.name, m.roles, m.status,
    array(select c.kind from bench_organization_code c where c.organization_id = o.organization_id order by c.kind, c.value)
        as code_kinds,
    array(select c.value from bench_organization_code c where c.organization_id = o.organization_id order by c.kind, c.value)
        as code_values
from bench_membership m join bench_account a on a.account_id = m.account_id
join bench_organization o on o.organization_id = m.organization_id
where a.email = 'author' || lpad(:a::text, 5, '0') || '@shondhan.example'
order by m.created_at, m.organization_id limit 200;
select h.position, h.kind, h.value, c.case_id, c.organization_id, c.state = 'CLOSED' as is_closed, f.case_id as follow_up_id,
    d.inbound_mail_id as duplicate_of, d.case_id as duplicate_case,
    (select count(*) from inbound_mail m where m.author_key = w.author_key and m.matched_id = k.matched_id
        and m.received_at > now() - interval '10 minutes' and m.words_key = w.words_key
        and m.outcome in ('APPENDED', 'NEW_CASE')) as same_words,
    (select count(*) from inbound_mail m where m.author_key = w.author_key and m.matched_id = k.matched_id
        and m.received_at > now() - interval '1 hour' and m.outcome in ('APPENDED', 'NEW_CASE')) as within_hour,
    (select count(*) from automatic_answer a where a.address_key = w.author_key
        and a.sent_at > now() - interval '3 hours') as answers,
    exists (select from automatic_answer a
        where a.address_key = w.author_key and a.case_id = c.case_id and a.sent_at > now() - interval '1 day'
            and a.answer <> 'ACKNOWLEDGEMENT') as answered_today
from (select sha256(int8send(:n::bigint / 8)) as author_key, sha256(int8send(:n::bigint)) as words_key) w
cross join unnest('{none}'::text[], array['']) with ordinality as h (kind, value, position)
left join lateral (select case h.kind
        when 'reference' then (select r.case_id from case_reference r where r.reference = h.value)
        when 'notice' then (select n.case_id from case_notice n where n.notice_id = h.value::uuid)
        when 'root' then h.value::uuid
        when 'message' then (select m.case_id from inbound_mail m
            where m.message_key = decode(h.value, 'hex') and m.case_id is not null
              and exists (select from case_message w where w.inbound_mail_id = m.inbound_mail_id)
            order by m.inbound_mail_id limit 1)
        when 'number' then (select n.case_id from support_case n where n.number = h.value)
        when 'mention' then (select n.case_id from support_case n where n.number = h.value)
    end as case_id) as found on true
left join support_case c on c.case_id = found.case_id
cross join lateral (select coalesce(c.case_id, '00000000-0000-0000-0000-000000000000') as matched_id) as k
left join lateral (select o.case_id from support_case o
    where o.thread_root = c.thread_root and c.state = 'CLOSED' and o.state <> 'CLOSED'
    order by o.follow_up_of = c.case_id desc, o.case_id desc limit 1) as f on true
left join inbound_mail d on d.fingerprint = w.words_key and d.matched_id = k.matched_id and d.authenticated = true
where c.case_id is not null or h.kind = 'none';
select n.sequence, o.name, o.time_zone, f.version, f.schema
from (select nextval('support_case_number_sequence') as sequence) n
left join organization_ref o on o.organization_id = (select organization_id from bench_case)
left join lateral (select version, schema from case_form where topic = 'mail' order by version desc limit 1) f on true;
with it as (
    select b.*, (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000001')::uuid as id,
        (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000002')::uuid as of_message,
        (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000003')::uuid as of_mail
    from bench_case b
), opened as (
    insert into support_case (case_id, number, organization_id, kind, topic, form_version, severity, state, channel,
        subject, answers, identifiers, identifier_keys, external_id, requester_id, opened_by, follow_up_of,
        thread_root, opened_at, updated_at, state_since, due_at, warn_at, clock_tells_at,
        clock_basis, search, version)
    select id, 'R' || :n::bigint, organization_id, kind, topic, form_version, severity, state, channel, subject, answers,
        identifiers, identifier_keys, external_id, requester_id, opened_by, follow_up_of, id, now(), now(), now(), due_at,
        warn_at, clock_tells_at, clock_basis, array_to_tsvector(tsvector_to_array(search)), 1
    from it
), said as (
    insert into case_message (message_id, case_id, organization_id, internal, side, channel, author_id, written_by,
        body, inbound_mail_id, written_at, search)
    select it.of_message, it.id, m.organization_id, m.internal, m.side, m.channel, m.author_id, m.written_by, m.body, it.of_mail,
        now(), array_to_tsvector(string_to_array(w.words, ' '))
    from it, bench_message m, bench_words w
), joined as (
    insert into case_participant (case_id, account_id, role, organization_id, member_of, added_by, added_at)
    select it.id, p.account_id, p.role, p.organization_id, p.member_of, p.added_by, now() from it, bench_participant p
), noticed as (
    insert into case_notice (notice_id, case_id, organization_id, kind, account_id, permission, member_of, message_id,
        inbound_mail_id, state, raised_at)
    select (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad((100 + row_number() over ())::text, 12, '0'))::uuid, it.id,
        n.organization_id, n.kind, n.account_id, n.permission, n.member_of, it.of_message, null, 'RAISED', now()
    from it, bench_notice n where n.inbound_mail_id is null
)
insert into case_history (case_id, organization_id, internal, change, actor, channel, seal_id, before, after, happened_at)
select it.id, h.organization_id, h.internal, h.change, h.actor, h.channel, h.seal_id, h.before, h.after, now()
from it, bench_history h;
with kept as (
    insert into inbound_mail (inbound_mail_id, fingerprint, matched_id, authenticated, outcome, reason, case_id,
        author_id, author_key, words_key, message_key, summary, raw, received_at, message_name)
    select (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000003')::uuid, sha256(int8send(:n::bigint)), matched_id,
        authenticated, outcome, reason, (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000001')::uuid, author_id,
        sha256(int8send(:n::bigint / 8)), sha256(int8send(:n::bigint)), sha256(int8send(-:n::bigint)), summary, raw, now(),
        message_name
    from bench_mail
    on conflict on constraint inbound_mail_once do nothing
    returning inbound_mail_id, case_id, author_key, outcome
), held as (
    insert into held_mail (inbound_mail_id) select inbound_mail_id from kept where outcome = 'HELD'
), answered as (
    insert into automatic_answer (inbound_mail_id, address_key, case_id, answer, sent_at)
    select k.inbound_mail_id, k.author_key, k.case_id, a.answer, now() from kept k, bench_answer a
)
select inbound_mail_id from kept;
insert into case_notice (notice_id, case_id, organization_id, kind, account_id, permission, member_of, message_id,
    inbound_mail_id, state, raised_at)
select (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad((200 + row_number() over ())::text, 12, '0'))::uuid,
    (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000001')::uuid, n.organization_id, n.kind, n.account_id, n.permission,
    n.member_of, (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000002')::uuid,
    (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000003')::uuid, 'RAISED', now()
from bench_notice n where n.inbound_mail_id is not null;
select record_event(gen_random_uuid(), o.organization_id, o.also_organization, o.aggregate_type,
    (lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000001')::uuid, o.aggregate_version, o.type, o.payload, o.traceparent,
    now())
from bench_outbox o;
commit;
\endpipeline
