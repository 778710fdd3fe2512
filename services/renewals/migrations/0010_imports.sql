-- Lists that an authority sent, how far each is, and what became of its rows. Of the authority alone: agencies see what was
-- taken, not the lists.
create table import (
    import_id       uuid primary key,
    authority_id    uuid        not null,
    kind            text        not null constraint import_kind check (kind in ('PARTICIPANTS', 'RENEWALS')),
    dry_run         boolean     not null,
    state           text        not null constraint import_state check (state in ('READING', 'TAKING', 'DONE', 'FAILED')),
    -- The titles of the file's columns: rows that were not taken are given back under them.
    titles          text[]      not null,
    unknown_columns text[]      not null,
    rows_read       integer     not null default 0,
    created         integer     not null default 0,
    updated         integer     not null default 0,
    unchanged       integer     not null default 0,
    rejected        integer     not null default 0,
    warned          integer     not null default 0,
    passed_over     integer     not null default 0,
    begun_by        text        not null,
    begun_at        timestamptz not null,
    -- When a batch of it was last read or taken: whose turn is next, and what nobody works on any more.
    worked_at       timestamptz not null,
    ended_at        timestamptz,
    constraint import_ended check ((state in ('DONE', 'FAILED')) = (ended_at is not null))
);
-- One list of a kind at a time: what two lists say of one person would depend on their race.
create unique index import_running on import (authority_id, kind) where state in ('READING', 'TAKING');
create index import_of on import (authority_id, import_id desc);
create index import_next on import (worked_at) where state in ('READING', 'TAKING');
alter table import enable row level security;
alter table import force row level security;
create policy import_authority on import
    using (caller_is_system() or authority_id = caller_organization())
    with check (caller_is_system() or authority_id = caller_organization());

-- Rows that are right and wait to be taken, many together and sealed.
create table import_batch (
    import_id    uuid    not null references import on delete cascade,
    authority_id uuid    not null,
    number       integer not null,
    content      bytea   not null,
    primary key (import_id, number)
);
-- Sealed already: what is random does not compress.
alter table import_batch alter column content set storage external;
alter table import_batch enable row level security;
alter table import_batch force row level security;
create policy import_batch_authority on import_batch
    using (caller_is_system() or authority_id = caller_organization())
    with check (caller_is_system() or authority_id = caller_organization());

-- What became of each row. There may be a million of one import: one index is all there is, in the order in which rows are
-- asked for.
create table import_row (
    import_id    uuid    not null,
    authority_id uuid    not null,
    outcome      text    not null constraint import_row_outcome check (outcome in
        ('CREATED', 'UPDATED', 'UNCHANGED', 'REJECTED')),
    row_number   integer not null,
    -- What is said of its cells; of a row that was not taken also the cells. Sealed.
    content      bytea,
    primary key (import_id, outcome, row_number)
);
alter table import_row enable row level security;
alter table import_row force row level security;
create policy import_row_authority on import_row
    using (caller_is_system() or authority_id = caller_organization())
    with check (caller_is_system() or authority_id = caller_organization());

grant select, insert, update, delete on import, import_batch, import_row to renewals_app;
