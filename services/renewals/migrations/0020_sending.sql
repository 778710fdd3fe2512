-- Messages that carriers take in parts, and report on later; and who may send by which route.
alter table message drop constraint message_state;
alter table message add constraint message_state check (state in (
    'QUEUED', 'HELD', 'SUBMITTED', 'ACCEPTED', 'DELIVERED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'UNKNOWN',
    'SUPPRESSED', 'NO_CONTACT'));
alter table message drop constraint message_has_content;
alter table message add constraint message_has_content
    check (sealed is not null or subject is not null or state not in ('QUEUED', 'HELD'));
alter table message
    -- Why it ended so: the reason of a suppression, the code of a carrier.
    add column reason text,
    -- By which route it went, or goes.
    add column route text,
    -- A sender has it until then; if that dies before it submits, another takes it.
    add column taken_until timestamptz,
    -- It was put off at least once.
    add column deferred_at timestamptz,
    -- The receipt that its route promises is missed from then on.
    add column receipt_by timestamptz;
drop index message_due;
create index message_due on message (channel, priority, due_at) where state in ('QUEUED', 'HELD');
create index message_receipt_missed on message (receipt_by) where state = 'ACCEPTED' and receipt_by is not null;
create index message_failed on message (message_id desc) where state in ('EXPIRED', 'REJECTED', 'NO_CONTACT', 'UNKNOWN');
create index message_erased on message (created_at) where sealed is not null;
-- The operator sees every message, and of none its words, which are sealed.
create policy message_operator on message for select using (caller_kind() = 'PLATFORM');
create policy message_operator_changes on message for update using (caller_kind() = 'PLATFORM')
    with check (caller_kind() = 'PLATFORM');

-- The parts of a text message, once it was submitted.
create table message_part (
    message_id  uuid     not null references message,
    number      smallint not null constraint message_part_number check (number > 0),
    organization_id uuid,
    route       text     not null,
    -- Of all parts of a message, in their headers; null of a message of one part.
    reference   int,
    -- The carrier's id as receipts are found by it; null until it has accepted the part.
    carrier_id  text,
    -- What a receipt said.
    state       text constraint message_part_state
        check (state in ('DELIVERED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'UNKNOWN')),
    error       text,
    done_at     timestamptz,
    submitted_at timestamptz not null,
    primary key (message_id, number)
);
create index message_part_carrier on message_part (route, carrier_id) where carrier_id is not null;
alter table message_part enable row level security;
alter table message_part force row level security;
create policy message_part_parties on message_part
    using (caller_is_system() or organization_id = caller_organization() or caller_kind() = 'PLATFORM')
    with check (caller_is_system());

-- Receipts that came before the answer of the part that they are of. Kept for 72 hours.
create table receipt_early (
    receipt_early_id uuid primary key,
    route       text not null,
    carrier_id  text not null,
    state       text not null,
    error       text,
    done_at     timestamptz,
    received_at timestamptz not null
);
create index receipt_early_found on receipt_early (route, carrier_id);
create index receipt_early_old on receipt_early (received_at);
alter table receipt_early enable row level security;
alter table receipt_early force row level security;
create policy receipt_early_system on receipt_early using (caller_is_system()) with check (caller_is_system());

-- Which process holds a route: carriers count the sessions of a customer.
create table route_lease (
    route  text primary key,
    holder uuid not null,
    -- By the database's clock: it is about processes, not about the business.
    until  timestamptz not null
);
alter table route_lease enable row level security;
alter table route_lease force row level security;
create policy route_lease_system on route_lease using (caller_is_system()) with check (caller_is_system());

-- The last reference of messages in parts to a number, by its keyed hash.
create table number_reference (
    number_key bytea primary key,
    reference  int not null
);
alter table number_reference enable row level security;
alter table number_reference force row level security;
create policy number_reference_system on number_reference
    using (caller_is_system()) with check (caller_is_system());

-- Text messages that people sent us, sealed; RECEIVED until somebody has read what is meant.
create table inbound_sms (
    inbound_sms_id uuid primary key,
    route       text not null,
    -- The carrier's id, or the hash of what it sent: it may send it twice.
    dedupe_key  text not null constraint inbound_sms_dedupe_key unique,
    -- The sender, by the keyed hash that contacts are found by.
    number_key  bytea not null,
    sealed      bytea not null,
    state       text not null constraint inbound_sms_state check (state in ('RECEIVED', 'READ')),
    received_at timestamptz not null
);
create index inbound_sms_received on inbound_sms (received_at) where state = 'RECEIVED';
alter table inbound_sms enable row level security;
alter table inbound_sms force row level security;
create policy inbound_sms_system on inbound_sms using (caller_is_system()) with check (caller_is_system());

grant select, insert, update, delete on message_part, receipt_early, route_lease, number_reference, inbound_sms
    to renewals_app;
