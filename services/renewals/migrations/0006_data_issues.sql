-- What an agent found wrong in the authority's data, and what came of it. The words are sealed.
create table data_issue (
    data_issue_id  uuid primary key,
    participant_id uuid not null references participant on delete cascade,
    authority_id   uuid not null,
    agency_id      uuid not null,
    field          text not null,
    note           bytea not null,
    state          text not null constraint data_issue_state check (state in ('OPEN', 'CORRECTED', 'AS_IT_IS')),
    answer         bytea,
    reported_by    text not null,
    reported_at    timestamptz not null,
    resolved_by    text,
    resolved_at    timestamptz,
    version        bigint not null default 1,
    constraint data_issue_resolved check ((state = 'OPEN') = (resolved_at is null) and (state = 'OPEN') = (resolved_by is null))
);
create index data_issue_authority on data_issue (authority_id, state, data_issue_id desc);
create index data_issue_agency on data_issue (agency_id, data_issue_id desc);
create index data_issue_participant on data_issue (participant_id);
alter table data_issue enable row level security;
alter table data_issue force row level security;
create policy data_issue_parties on data_issue
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());
grant select, insert, update on data_issue to renewals_app;
