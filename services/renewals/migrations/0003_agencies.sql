-- Which agencies an authority has appointed, by the code that its lists name them by.
create table agency (
    authority_id   uuid        not null,
    agency_id      uuid        not null,
    code           text        not null constraint agency_code_form check (code ~ '^[A-Z0-9_./-]{1,40}$'),
    state          text        not null constraint agency_state check (state in ('APPOINTED', 'HANDED_OVER')),
    -- Who has its participants since it was handed over.
    successor_id   uuid,
    appointed_at   timestamptz not null,
    handed_over_at timestamptz,
    version        bigint      not null default 1,
    primary key (authority_id, agency_id),
    constraint agency_code_once unique (authority_id, code),
    constraint agency_successor foreign key (authority_id, successor_id) references agency,
    constraint agency_handed_over check ((state = 'HANDED_OVER') = (successor_id is not null)
        and (state = 'HANDED_OVER') = (handed_over_at is not null) and successor_id is distinct from agency_id)
);
create index agency_of on agency (agency_id);
alter table agency enable row level security;
alter table agency force row level security;
create policy agency_parties on agency for select
    using (caller_is_system() or authority_id = caller_organization() or agency_id = caller_organization());
create policy agency_authority on agency
    using (caller_is_system() or authority_id = caller_organization())
    with check (caller_is_system() or authority_id = caller_organization());
grant select, insert, update on agency to renewals_app;
