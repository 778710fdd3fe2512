-- Who takes part in household health insurance, at which agency. Phones, e-mails, citizen ids and notes are sealed
-- (AES-256-GCM-SIV, bound to table, column and row); contacts and citizen ids are found by a keyed hash beside them.
create extension if not exists btree_gist;

create table participant (
    participant_id    uuid primary key,
    authority_id      uuid not null,
    agency_id         uuid not null,
    bhxh_number       text not null constraint participant_bhxh_number check (bhxh_number ~ '^[0-9]{10}$'),
    card_code         text constraint participant_card_code check (card_code ~ '^[A-Z]{2}[0-9]{13}$'),
    citizen_id        bytea,
    citizen_id_index  bytea,
    full_name         text not null constraint participant_name check (length(full_name) between 1 and 200),
    -- Without diacritics, in lower case: what is searched.
    folded_name       text collate "C" not null,
    -- The last word of the name, then the rest: what a list by given name is sorted by.
    given_name_first  text not null,
    -- As far as it is known: a year, a month or a day.
    birth             text not null constraint participant_birth check (birth ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    address           text not null default '',
    household         text not null default '',
    -- A landline or a mobile.
    phone             bytea,
    phone_index       bytea,
    phone_kind        text constraint participant_phone_kind check (phone_kind in ('MOBILE', 'LANDLINE', 'OLD_LANDLINE', 'OTHER')),
    -- An agent has confirmed that the phone receives SMS although it looks like an old landline.
    phone_confirmed   boolean not null default false,
    mobile            bytea,
    mobile_index      bytea,
    email             bytea,
    email_index       bytea,
    -- A number or an address that a message could not be delivered to.
    mobile_suspect    boolean not null default false,
    email_suspect     boolean not null default false,
    -- What the authority's last list had, to know what an agent has changed since.
    given_phone_index  bytea,
    given_mobile_index bytea,
    given_email_index  bytea,
    result            text not null default 'NOT_CONTACTED' constraint participant_result check (result in
        ('NOT_CONTACTED', 'CONTACTED', 'PROMISED', 'RENEWED', 'REFUSED', 'MOVED', 'DECEASED', 'WRONG_NUMBER')),
    note              bytea,
    -- The last day of the latest card period.
    last_day          date not null,
    version           bigint not null default 1,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    -- Where an SMS may go: the mobile, else a phone that is one; nothing while it is suspect.
    sms_contact       text not null generated always as (case
        when mobile is not null then case when mobile_suspect then 'SUSPECT' else 'MOBILE' end
        when phone is null then 'NONE'
        when phone_kind = 'MOBILE' or (phone_kind = 'OLD_LANDLINE' and phone_confirmed) then
            case when mobile_suspect then 'SUSPECT' else 'PHONE' end
        when phone_kind = 'OLD_LANDLINE' then 'SUSPECT'
        else 'LANDLINE' end) stored,
    contact_differs   boolean not null generated always as (
        phone_index is distinct from given_phone_index or mobile_index is distinct from given_mobile_index
        or email_index is distinct from given_email_index) stored,
    constraint participant_number_once unique (authority_id, bhxh_number),
    constraint participant_agency foreign key (authority_id, agency_id) references agency,
    constraint participant_phone check ((phone is null) = (phone_index is null) and (phone is null) = (phone_kind is null)),
    constraint participant_mobile check ((mobile is null) = (mobile_index is null)),
    constraint participant_email check ((email is null) = (email_index is null)),
    constraint participant_citizen_id check ((citizen_id is null) = (citizen_id_index is null))
);
create index participant_by_last_day on participant (agency_id, last_day, participant_id);
create index participant_by_number on participant (agency_id, bhxh_number);
create index participant_by_household on participant (agency_id, household, participant_id);
create index participant_by_name on participant (agency_id, full_name collate "vi-x-icu", participant_id);
create index participant_by_citizen_id on participant (authority_id, citizen_id_index) where citizen_id_index is not null;
create index participant_by_mobile on participant (mobile_index) where mobile_index is not null;
create index participant_by_phone on participant (phone_index) where phone_index is not null;
create index participant_by_email on participant (email_index) where email_index is not null;
alter table participant enable row level security;
alter table participant force row level security;
create policy participant_parties on participant
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

-- The days on which a participant's card is good. Of whoever sees the participant.
create table card_period (
    participant_id uuid not null references participant on delete cascade,
    valid_from     date not null,
    -- Inclusive.
    valid_to       date not null,
    -- The renewal that it came with; none when it came with the authority's list.
    renewal_id     uuid,
    primary key (participant_id, valid_from),
    constraint card_period_dates check (valid_to >= valid_from),
    constraint card_period_no_overlap exclude using gist (
        participant_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index card_period_renewal on card_period (renewal_id) where renewal_id is not null;
alter table card_period enable row level security;
alter table card_period force row level security;
create policy card_period_parties on card_period
    using (caller_is_system() or exists (select from participant p where p.participant_id = card_period.participant_id))
    with check (caller_is_system() or exists (select from participant p where p.participant_id = card_period.participant_id));

-- What an agent changed of a participant, and what it was.
create table contact_change (
    contact_change_id uuid primary key,
    participant_id    uuid not null references participant on delete cascade,
    field             text not null constraint contact_change_field check (field in
        ('phone', 'mobile', 'email', 'phone_confirmed', 'result', 'note')),
    before            bytea,
    after             bytea,
    changed_by        text not null,
    changed_at        timestamptz not null
);
create index contact_change_of on contact_change (participant_id, contact_change_id desc);
alter table contact_change enable row level security;
alter table contact_change force row level security;
create policy contact_change_parties on contact_change
    using (caller_is_system() or exists (select from participant p where p.participant_id = contact_change.participant_id))
    with check (caller_is_system() or exists (select from participant p where p.participant_id = contact_change.participant_id));

grant select, insert, update, delete on participant, card_period, contact_change to renewals_app;
