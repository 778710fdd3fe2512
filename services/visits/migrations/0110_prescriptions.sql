-- Prescriptions: issued in a visit, found by number and member number at any contracted pharmacy, dispensed fill by fill.
create sequence prescription_number_sequence;

create table prescription (
    prescription_id     uuid primary key,
    version             bigint      not null,
    prescription_number text        not null,
    facility_id         uuid        not null,
    payer_id            uuid        not null,
    visit_id            uuid        not null references visit (visit_id),
    visit_number        text        not null,
    member_id           uuid        not null,
    -- HMAC of the member number: what a pharmacy must know beside the prescription's own.
    member_number_hash  bytea       not null,
    -- Prescriber, dose texts, diagnoses and warnings.
    sealed_content      bytea       not null,
    issued_at           timestamptz not null,
    issued_by           uuid        not null,
    -- In the zone of the facility that issued it, as is the last day, which is inclusive.
    issued_on           date        not null,
    expires_on          date        not null,
    cancelled_at        timestamptz,
    sealed_reason       bytea,
    constraint prescription_number_unique unique (prescription_number),
    constraint prescription_cancelled check ((cancelled_at is null) = (sealed_reason is null))
);
create index prescription_visit_newest on prescription (visit_id, prescription_id desc);
create index prescription_member_running on prescription (member_id, expires_on) where cancelled_at is null;

create table prescription_line (
    prescription_id      uuid     not null references prescription (prescription_id),
    line_number          smallint not null,
    payer_id             uuid     not null,
    facility_id          uuid     not null,
    member_id            uuid     not null,
    -- In the payer's tariff; null when it has none.
    code                 text,
    atc                  text,
    name                 text     not null,
    form                 text     not null,
    strength             text     not null,
    days                 smallint not null,
    -- Of one fill, in thousandths.
    quantity             bigint   not null,
    refills              smallint not null,
    substitution_allowed boolean  not null,
    formulary            text     not null,
    -- Of all fills, in thousandths: the last word on how much may be handed out.
    dispensed            bigint   not null default 0,
    -- The day on which the fill that was begun last was begun.
    fill_begun_on        date,
    primary key (prescription_id, line_number),
    constraint prescription_line_counts check (quantity > 0 and days > 0 and refills >= 0),
    constraint prescription_line_never_more check (dispensed between 0 and quantity * (refills + 1)),
    constraint prescription_line_begun check ((dispensed = 0) = (fill_begun_on is null)),
    constraint prescription_line_formulary_known check (formulary in
        ('COVERED', 'PREAUTHORIZATION_NEEDED', 'NOT_COVERED', 'NOT_IN_FORMULARY'))
);

-- Every hand-out. Only ever added.
create table dispensing (
    dispensing_id   uuid primary key,
    prescription_id uuid        not null,
    line_number     smallint    not null,
    facility_id     uuid        not null,
    payer_id        uuid        not null,
    issued_by_id    uuid        not null,
    fill            smallint    not null,
    quantity        bigint      not null,
    substitute      text,
    at              timestamptz not null,
    by              uuid        not null,
    -- The first entry of a fill begins it: of two that would begin the same one, the second meets this.
    begins          boolean     not null,
    foreign key (prescription_id, line_number) references prescription_line (prescription_id, line_number),
    constraint dispensing_quantity_positive check (quantity > 0 and fill > 0)
);
create unique index dispensing_fill_begun_once on dispensing (prescription_id, line_number, fill) where begins;
create index dispensing_prescription on dispensing (prescription_id, at);

-- Which pharmacies found a prescription: they may read and dispense it.
create table prescription_finding (
    prescription_id uuid        not null references prescription (prescription_id),
    facility_id     uuid        not null,
    found_at        timestamptz not null,
    primary key (prescription_id, facility_id)
);

alter table prescription_finding enable row level security;
alter table prescription_finding force row level security;
create policy prescription_finding_own on prescription_finding for select
    using (caller_is_system() or facility_id = caller_organization());
create policy prescription_finding_doors on prescription_finding to current_user using (true) with check (true);

alter table prescription enable row level security;
alter table prescription force row level security;
create policy prescription_parties on prescription
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription.prescription_id and f.facility_id = caller_organization()))
    with check (caller_is_system() or facility_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription.prescription_id and f.facility_id = caller_organization()));
create policy prescription_doors on prescription for select to current_user using (true);

alter table prescription_line enable row level security;
alter table prescription_line force row level security;
create policy prescription_line_parties on prescription_line
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription_line.prescription_id and f.facility_id = caller_organization()))
    with check (caller_is_system() or facility_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription_line.prescription_id and f.facility_id = caller_organization()));
create policy prescription_line_doors on prescription_line for select to current_user using (true);

alter table dispensing enable row level security;
alter table dispensing force row level security;
create policy dispensing_parties on dispensing for select
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or issued_by_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = dispensing.prescription_id and f.facility_id = caller_organization()));
create policy dispensing_pharmacy on dispensing for insert
    with check (caller_is_system() or facility_id = caller_organization());

-- The door for pharmacies: who knows the prescription's number and the member's, and has a contract with the payer that
-- day, has found it. The prescription; nothing when any of that is wrong.
create function prescription_find(in_number text, in_member_number_hash bytea, in_on date, in_at timestamptz) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare found_id uuid;
begin
    select p.prescription_id into found_id from prescription p
    where p.prescription_number = in_number and p.member_number_hash = in_member_number_hash
      and exists (select from contract k where k.payer_id = p.payer_id and k.facility_id = caller_organization()
                  and k.valid @> in_on);
    if found_id is not null then
        insert into prescription_finding (prescription_id, facility_id, found_at)
        values (found_id, caller_organization(), in_at)
        on conflict do nothing;
    end if;
    return found_id;
end $$;

-- What the patient takes already, whoever prescribed it: the medicines of running prescriptions, with the number only
-- where it is the caller's own. For a facility with a verified visit of the patient.
create function prescription_running(in_visit uuid, in_on date)
returns table (code text, atc text, prescription_number text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select l.code, l.atc, case when p.facility_id = v.facility_id then p.prescription_number end
    from visit v
    join prescription p on p.member_id = v.member_id and p.cancelled_at is null
    join prescription_line l on l.prescription_id = p.prescription_id
    where v.visit_id = in_visit and (caller_is_system() or v.facility_id = caller_organization())
      and in_on < coalesce(l.fill_begun_on, p.issued_on)
          + l.days * (l.refills + 1 - greatest(0, (l.dispensed - 1) / l.quantity))::integer
      and (l.dispensed > 0 or in_on <= p.expires_on);
end $$;

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    revoke execute on function prescription_find, prescription_running from public;
    execute format('grant select, insert, update on prescription, prescription_line to %I', app);
    execute format('grant select, insert on dispensing to %I', app);
    execute format('grant select on prescription_finding to %I', app);
    execute format('grant execute on function prescription_find, prescription_running to %I', app);
    execute format('grant usage on sequence prescription_number_sequence to %I', app);
end $$;
