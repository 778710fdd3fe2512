-- Cards that renewals renewed, and the coverages that extend their members' cover: one for each renewal, ever.
create table renewal_cover (
    renewal_id    uuid primary key,
    payer_id      uuid   not null,
    member_number text   not null,
    valid_from    date,
    valid_to      date,
    state         text   not null constraint renewal_cover_state check (state in ('WAITING', 'COVERED', 'NOT_COVERED', 'UNDONE')),
    coverage_id   uuid references coverage (coverage_id),
    -- How often renewals was told of it.
    version       bigint not null default 0,
    constraint renewal_cover_covered check (state <> 'COVERED' or coverage_id is not null),
    -- Undone before it was heard of, it has no days.
    constraint renewal_cover_dates check (state = 'UNDONE' or valid_to >= valid_from)
);
create index renewal_cover_waiting on renewal_cover (payer_id, member_number) where state = 'WAITING';
create index renewal_cover_coverage on renewal_cover (coverage_id);
alter table renewal_cover enable row level security;
alter table renewal_cover force row level security;
create policy renewal_cover_payer on renewal_cover
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
grant select, insert, update on renewal_cover to visits_app;
