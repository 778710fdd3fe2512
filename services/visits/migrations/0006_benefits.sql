-- The benefit ledger. Entries are only ever added, and only by the functions below: the app role may read them and
-- nothing else. A balance is the sum of its entries, kept in one row that is locked while it changes.
create table benefit_balance (
    payer_id       uuid   not null,
    plan_id        uuid   not null,
    -- The member, or the family.
    holder_id      uuid   not null,
    scope          text   not null,
    -- The code of a benefit, a ceiling or a deductible of the plan.
    account        text   not null,
    period         text   not null,
    period_key     text   not null,
    starts_on      date   not null,
    ends_on        date   not null,
    unit           text   not null,
    used           bigint not null,
    reserved       bigint not null,
    -- The limit at the last entry that took something; null without one.
    limit_at_write bigint,
    -- By the last day before the account, so that a statement finds what is current without reading what is over.
    primary key (holder_id, plan_id, ends_on, account, scope, period_key, unit),
    constraint benefit_balance_not_negative check (used >= 0 and reserved >= 0),
    -- The last word on every limit: two claims at once can never overspend it.
    constraint benefit_balance_within_limit check (used + reserved <= limit_at_write),
    constraint benefit_balance_scope_known check (scope in ('MEMBER', 'FAMILY')),
    constraint benefit_balance_unit_known check (unit in ('AMOUNT', 'COUNT'))
) with (fillfactor = 70);

create table benefit_entry (
    entry_id       bigint generated always as identity primary key,
    at             timestamptz not null,
    payer_id       uuid        not null,
    coverage_id    uuid        not null,
    plan_id        uuid        not null,
    holder_id      uuid        not null,
    scope          text        not null,
    account        text        not null,
    period         text        not null,
    period_key     text        not null,
    ends_on        date        not null,
    unit           text        not null,
    kind           text        not null,
    amount         bigint      not null,
    used_delta     bigint      not null,
    reserved_delta bigint      not null,
    limit_at_write bigint,
    cause_kind     text        not null,
    cause_id       uuid        not null,
    -- The cause of the reservation that this entry made, drew on, gave back or restored.
    reservation_id uuid,
    constraint benefit_entry_once unique (cause_id, cause_kind, kind, account, scope, period_key, unit),
    -- A release is noted though nothing was left: what is reversed afterwards is not reserved again.
    constraint benefit_entry_amount_positive check (amount > 0 or (amount = 0 and kind = 'RELEASE')),
    constraint benefit_entry_cause_known check (cause_kind in ('PREAUTHORIZATION_LINE', 'CLAIM_LINE')),
    constraint benefit_entry_deltas check (case kind
        when 'RESERVE' then used_delta = 0 and reserved_delta = amount and reservation_id = cause_id
        when 'COMMIT' then used_delta = amount and reserved_delta between -amount and 0
        when 'RELEASE' then used_delta = 0 and reserved_delta = -amount and reservation_id = cause_id
        when 'REVERSE' then used_delta = -amount and reserved_delta between 0 and amount
        else false end)
);
create index benefit_entry_coverage_newest on benefit_entry (coverage_id, entry_id desc);
create index benefit_entry_reservation on benefit_entry (reservation_id) where reservation_id is not null;

create function benefit_entry_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only' using errcode = 'check_violation', constraint = 'benefit_entry_append_only';
end $$;
create trigger benefit_entry_append_only before update or delete on benefit_entry
    for each row execute function benefit_entry_append_only();
create trigger benefit_entry_not_truncated before truncate on benefit_entry
    for each statement execute function benefit_entry_append_only();

alter table benefit_balance enable row level security;
alter table benefit_balance force row level security;
create policy benefit_balance_payer on benefit_balance for select
    using (caller_is_system() or payer_id = caller_organization());
create policy benefit_balance_doors on benefit_balance to current_user using (true) with check (true);

alter table benefit_entry enable row level security;
alter table benefit_entry force row level security;
create policy benefit_entry_payer on benefit_entry for select
    using (caller_is_system() or payer_id = caller_organization());
create policy benefit_entry_doors on benefit_entry to current_user using (true) with check (true);

-- What one line takes from one balance.
create type benefit_posting as (
    account text, scope text, period text, period_key text, starts_on date, ends_on date, unit text,
    amount bigint, most bigint, cause_kind text, cause_id uuid, reservation_id uuid
);

-- The balances reckoned anew from the entries; only where the two differ, which must be nowhere.
create view benefit_difference with (security_invoker, security_barrier) as
select holder_id, plan_id, account, scope, period_key, unit, b.used, b.reserved,
       coalesce(e.used, 0) as used_by_entries, coalesce(e.reserved, 0) as reserved_by_entries
from benefit_balance b
full join (
    select holder_id, plan_id, account, scope, period_key, unit, sum(used_delta) as used, sum(reserved_delta) as reserved
    from benefit_entry group by 1, 2, 3, 4, 5, 6
) e using (holder_id, plan_id, account, scope, period_key, unit)
where (b.used, b.reserved) is distinct from (coalesce(e.used, 0), coalesce(e.reserved, 0));

grant select on benefit_balance, benefit_entry, benefit_difference to visits_app;
