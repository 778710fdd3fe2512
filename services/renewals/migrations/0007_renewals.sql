-- What the authority says is to be renewed. An item is shown only while the same agency has the participant and the
-- participant's card ends on that very day; what has none is among the mismatches, and shows by itself once it has one.
create table renewal_item (
    renewal_item_id uuid primary key,
    authority_id    uuid not null,
    agency_id       uuid not null,
    bhxh_number     text not null constraint renewal_item_bhxh_number check (bhxh_number ~ '^[0-9]{10}$'),
    last_day        date not null,
    -- The renewal that stands.
    renewal_id      uuid,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    constraint renewal_item_once unique (authority_id, bhxh_number, last_day),
    constraint renewal_item_agency foreign key (authority_id, agency_id) references agency
);
create index renewal_item_due on renewal_item (agency_id, last_day, renewal_item_id) where renewal_id is null;
create index renewal_item_due_of_authority on renewal_item (authority_id, last_day, renewal_item_id) where renewal_id is null;
create index renewal_item_renewed on renewal_item (authority_id, renewal_item_id desc) where renewal_id is not null;
alter table renewal_item enable row level security;
alter table renewal_item force row level security;
create policy renewal_item_parties on renewal_item
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

-- What a household paid at once, under one receipt.
create table contribution (
    contribution_id uuid primary key,
    authority_id    uuid        not null,
    agency_id       uuid        not null,
    household       text        not null,
    receipt_number  text        not null,
    months          integer     not null constraint contribution_months check (months > 0),
    paid_on         date        not null,
    -- In dong, which has no parts.
    amount          bigint      not null constraint contribution_amount check (amount >= 0),
    taken_by        text        not null,
    taken_at        timestamptz not null,
    constraint contribution_receipt_once unique (agency_id, receipt_number)
);
alter table contribution enable row level security;
alter table contribution force row level security;
-- A card renewed by a contribution.
create table renewal (
    renewal_id      uuid primary key,
    renewal_item_id uuid    not null references renewal_item,
    contribution_id uuid    not null references contribution,
    participant_id  uuid    not null references participant,
    authority_id    uuid    not null,
    agency_id       uuid    not null,
    household       text    not null,
    paid_on         date    not null,
    -- Among the household's payers of the year, from 1.
    rank            integer not null constraint renewal_rank check (rank > 0),
    amount          bigint  not null,
    valid_from      date    not null,
    valid_to        date    not null,
    state           text    not null constraint renewal_state check (state in ('RENEWED', 'UNDONE')),
    -- Whether visits extended the cover.
    cover           text    not null constraint renewal_cover check (cover in ('PENDING', 'COVERED', 'NOT_COVERED')),
    cover_reason    text,
    coverage_id     uuid,
    renewed_by      text        not null,
    renewed_at      timestamptz not null,
    undone_by       text,
    undone_at       timestamptz,
    undo_reason     text,
    version         bigint not null default 1,
    constraint renewal_undone check ((state = 'UNDONE') = (undone_at is not null))
);
-- One card is renewed once, however many ask at the same time.
create unique index renewal_item_renewed_once on renewal (renewal_item_id) where state = 'RENEWED';
create index renewal_of_household on renewal (authority_id, household, paid_on) where state = 'RENEWED';
create index renewal_of_participant on renewal (participant_id);
create index renewal_of_contribution on renewal (contribution_id);
alter table renewal_item add constraint renewal_item_renewal foreign key (renewal_id) references renewal;
alter table renewal enable row level security;
alter table renewal force row level security;
-- Whoever has the participant by now sees what was paid before, too: ranks of a year are counted over all of it.
create policy renewal_parties on renewal
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization()
           or exists (select from participant p where p.participant_id = renewal.participant_id))
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

create policy contribution_parties on contribution
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization()
           or exists (select from renewal r where r.contribution_id = contribution.contribution_id))
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

-- What an authority watches: every change of its renewals, numbered without gaps in the order of the commits, because the
-- number is taken under a lock that is held until the commit.
create table renewal_feed (
    authority_id uuid primary key,
    last         bigint not null
);
create table renewal_change (
    authority_id uuid        not null,
    number       bigint      not null,
    agency_id    uuid        not null,
    renewal_id   uuid        not null references renewal,
    change       text        not null constraint renewal_change_known check (change in
        ('RENEWED', 'UNDONE', 'COVERED', 'NOT_COVERED')),
    changed_at   timestamptz not null,
    primary key (authority_id, number)
);
create index renewal_change_agency on renewal_change (agency_id, authority_id, number);
alter table renewal_feed enable row level security;
alter table renewal_feed force row level security;
create policy renewal_feed_parties on renewal_feed
    using (caller_is_system() or authority_id = caller_organization()
           or exists (select from agency a
                      where a.authority_id = renewal_feed.authority_id and a.agency_id = caller_organization()))
    with check (caller_is_system() or authority_id = caller_organization()
           or exists (select from agency a
                      where a.authority_id = renewal_feed.authority_id and a.agency_id = caller_organization()));
alter table renewal_change enable row level security;
alter table renewal_change force row level security;
create policy renewal_change_parties on renewal_change
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

grant select, insert, update on renewal_item, contribution, renewal, renewal_feed, renewal_change to renewals_app;
