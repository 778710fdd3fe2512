-- One-time codes that were wrong, in a row. The subject is a keyed hash of the member, or of what was asked when
-- nobody is known by it: a row tells nothing, belongs to nobody, and is written alike for both.
create table code_failure (
    subject bytea primary key,
    known boolean not null,
    consecutive int not null,
    updated_at timestamptz not null
);
create index code_failure_unknown on code_failure (updated_at) where not known;
alter table code_failure enable row level security;
alter table code_failure force row level security;
create policy code_failure_system on code_failure using (caller_is_system()) with check (caller_is_system());

-- Too many in a row: codes no longer prove this member's presence until an officer of the payer lifts the lock.
create table code_lock (
    code_lock_id uuid primary key,
    member_id uuid not null references member,
    payer_id uuid not null,
    facility_id uuid,
    locked_at timestamptz not null,
    lifted_at timestamptz,
    lifted_by text,
    lift_reason text,
    constraint code_lock_lifted check ((lifted_at is null) = (lifted_by is null))
);
create unique index code_lock_one on code_lock (member_id) where lifted_at is null;
alter table code_lock enable row level security;
alter table code_lock force row level security;
create policy code_lock_parties on code_lock
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

grant select, insert, update, delete on code_failure to identity_app;
grant select, insert, update on code_lock to identity_app;
