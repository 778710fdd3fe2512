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

-- The coverage, when the caller may post to it: Careway itself, the payer, or a facility that has, or had, a contract.
-- The functions below run as the owner and see every row, so this is where their caller is checked.
create function benefit_door(in_coverage uuid) returns coverage
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare cover coverage;
begin
    select c.* into cover from coverage c
    where c.coverage_id = in_coverage and (
        caller_is_system() or c.payer_id = caller_organization()
        or exists (select from contract k where k.payer_id = c.payer_id and k.facility_id = caller_organization()));
    if not found then
        raise exception 'no such coverage' using errcode = 'no_data_found';
    end if;
    return cover;
end $$;

-- The balances, made where missing and locked in one order, so that two batches never wait for each other. Each
-- statement of a function sees what was committed before it: whatever follows reads what the lock protects.
create function benefit_lock(cover coverage, postings benefit_posting[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    insert into benefit_balance (payer_id, plan_id, holder_id, scope, account, period, period_key, starts_on, ends_on, unit, used, reserved)
    select distinct cover.payer_id, cover.plan_id, case p.scope when 'FAMILY' then cover.family_id else cover.member_id end,
           p.scope, p.account, p.period, p.period_key, p.starts_on, p.ends_on, p.unit, 0, 0
    from unnest(postings) p
    where not exists (
        select from benefit_balance b
        where b.holder_id = case p.scope when 'FAMILY' then cover.family_id else cover.member_id end
          and b.plan_id = cover.plan_id and b.ends_on = p.ends_on and b.account = p.account and b.scope = p.scope
          and b.period_key = p.period_key and b.unit = p.unit)
    order by 3, 9, 5, 4, 7, 10
    on conflict do nothing;

    perform from benefit_balance b
    where b.holder_id in (cover.member_id, cover.family_id) and b.plan_id = cover.plan_id
      and (b.ends_on, b.account, b.scope, b.period_key, b.unit) in
          (select p.ends_on, p.account, p.scope, p.period_key, p.unit from unnest(postings) p)
    order by b.holder_id, b.ends_on, b.account, b.scope, b.period_key, b.unit
    for update;
end $$;

-- Locks the balances and tells how they stand: what adjudication reckons with.
create function benefit_balances(in_coverage uuid, in_postings jsonb)
returns table (scope text, account text, period_key text, unit text, used bigint, reserved bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    cover coverage := benefit_door(in_coverage);
    postings benefit_posting[] := array(select p from jsonb_populate_recordset(null::benefit_posting, in_postings) p);
begin
    perform benefit_lock(cover, postings);
    return query
    select b.scope, b.account, b.period_key, b.unit, b.used, b.reserved
    from benefit_balance b
    where b.holder_id in (cover.member_id, cover.family_id) and b.plan_id = cover.plan_id
      and (b.ends_on, b.account, b.scope, b.period_key, b.unit) in
          (select p.ends_on, p.account, p.scope, p.period_key, p.unit from unnest(postings) p);
end $$;

-- Reserves or commits, all or nothing; how many entries that made. What was posted before is left out, so a repeated
-- batch makes none; the same cause with another amount meets benefit_entry_once. A commit draws on its reservation
-- first. Beyond a limit: benefit_balance_within_limit.
create function benefit_take(in_coverage uuid, in_kind text, in_at timestamptz, in_postings jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    cover coverage := benefit_door(in_coverage);
    postings benefit_posting[] := array(select p from jsonb_populate_recordset(null::benefit_posting, in_postings) p);
    made integer;
begin
    if in_kind not in ('RESERVE', 'COMMIT') then
        raise exception 'only RESERVE and COMMIT take' using errcode = 'check_violation', constraint = 'benefit_entry_deltas';
    end if;
    perform benefit_lock(cover, postings);
    with fresh as (
        select p.*, case p.scope when 'FAMILY' then cover.family_id else cover.member_id end as holder_id
        from unnest(postings) with ordinality as
            p (account, scope, period, period_key, starts_on, ends_on, unit, amount, most, cause_kind, cause_id, reservation_id, n)
        where not exists (
            select from benefit_entry e
            where e.cause_id = p.cause_id and e.cause_kind = p.cause_kind and e.kind = in_kind and e.account = p.account
              and e.scope = p.scope and e.period_key = p.period_key and e.unit = p.unit and e.amount = p.amount)
    ), drawing as (
        -- Lines of one batch that draw on one reservation draw on it one after the other.
        select f.*, greatest(0, least(f.amount, (
                select coalesce(sum(e.reserved_delta), 0) from benefit_entry e
                where e.reservation_id = f.reservation_id and e.account = f.account and e.scope = f.scope
                  and e.period_key = f.period_key and e.unit = f.unit)
            - coalesce(sum(f.amount) over (
                partition by f.reservation_id, f.account, f.scope, f.period_key, f.unit order by f.n
                rows between unbounded preceding and 1 preceding), 0))) as drawn
        from fresh f
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, limit_at_write, cause_kind, cause_id, reservation_id)
        select in_at, cover.payer_id, cover.coverage_id, cover.plan_id, d.holder_id, d.scope, d.account, d.period,
            d.period_key, d.ends_on, d.unit, in_kind, d.amount,
            case in_kind when 'COMMIT' then d.amount else 0 end,
            case in_kind when 'COMMIT' then case when d.reservation_id is null then 0 else -d.drawn end else d.amount end,
            d.most, d.cause_kind, d.cause_id,
            case in_kind when 'COMMIT' then d.reservation_id else d.cause_id end
        from drawing d order by d.n
        returning *
    ), summed as (
        select p.holder_id, p.ends_on, p.account, p.scope, p.period_key, p.unit, count(*) as entries,
            sum(p.used_delta) as used, sum(p.reserved_delta) as reserved, min(p.limit_at_write) as most
        from posted p group by 1, 2, 3, 4, 5, 6
    ), kept as (
        update benefit_balance b
        set used = b.used + s.used, reserved = b.reserved + s.reserved, limit_at_write = s.most
        from summed s
        where b.holder_id = s.holder_id and b.plan_id = cover.plan_id and b.ends_on = s.ends_on and b.account = s.account
          and b.scope = s.scope and b.period_key = s.period_key and b.unit = s.unit
        returning s.entries
    )
    select coalesce(sum(k.entries), 0) into made from kept k;
    return made;
end $$;

-- Locks the balances that entries of a cause touch, having checked the caller for their coverage.
create function benefit_lock_entries(in_cause_kind text, in_cause_id uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform benefit_door(e.coverage_id) from (
        select distinct coverage_id from benefit_entry where cause_id = in_cause_id and cause_kind = in_cause_kind) e;
    perform from benefit_balance b
    where (b.holder_id, b.plan_id, b.ends_on, b.account, b.scope, b.period_key, b.unit) in (
        select e.holder_id, e.plan_id, e.ends_on, e.account, e.scope, e.period_key, e.unit
        from benefit_entry e where e.cause_id = in_cause_id and e.cause_kind = in_cause_kind)
    order by b.holder_id, b.ends_on, b.account, b.scope, b.period_key, b.unit
    for update;
end $$;

-- Gives back what is left of a reservation, if only nothing; how many entries that made. Again: none.
create function benefit_release(in_cause_kind text, in_cause_id uuid, in_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare made integer;
begin
    perform benefit_lock_entries(in_cause_kind, in_cause_id);
    with held as (
        select e.payer_id, r.coverage_id, e.plan_id, e.holder_id, e.scope, e.account, e.period, e.period_key, e.ends_on,
            e.unit, sum(e.reserved_delta) as left_over
        from benefit_entry r
        join benefit_entry e on e.reservation_id = r.cause_id and e.account = r.account and e.scope = r.scope
            and e.period_key = r.period_key and e.unit = r.unit
        where r.cause_id = in_cause_id and r.cause_kind = in_cause_kind and r.kind = 'RESERVE'
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
        having count(*) filter (where e.kind = 'RELEASE') = 0
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, cause_kind, cause_id, reservation_id)
        select in_at, h.payer_id, h.coverage_id, h.plan_id, h.holder_id, h.scope, h.account, h.period, h.period_key,
            h.ends_on, h.unit, 'RELEASE', h.left_over, 0, -h.left_over, in_cause_kind, in_cause_id, in_cause_id
        from held h
        returning *
    ), kept as (
        update benefit_balance b set reserved = b.reserved + p.reserved_delta
        from posted p
        where b.holder_id = p.holder_id and b.plan_id = p.plan_id and b.ends_on = p.ends_on and b.account = p.account
          and b.scope = p.scope and b.period_key = p.period_key and b.unit = p.unit
        returning 1
    )
    select count(*) into made from kept;
    return made;
end $$;

-- Takes a claim's line back: the balance is as before it, the reservation it drew on included, unless that was
-- released meanwhile. How many entries that made; again: none.
create function benefit_reverse(in_cause_kind text, in_cause_id uuid, in_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare made integer;
begin
    perform benefit_lock_entries(in_cause_kind, in_cause_id);
    with taken as (
        select c.*, exists (
            select from benefit_entry r
            where r.cause_id = c.reservation_id and r.kind = 'RELEASE' and r.account = c.account and r.scope = c.scope
              and r.period_key = c.period_key and r.unit = c.unit) as released
        from benefit_entry c
        where c.cause_id = in_cause_id and c.cause_kind = in_cause_kind and c.kind = 'COMMIT' and not exists (
            select from benefit_entry r
            where r.cause_id = c.cause_id and r.cause_kind = c.cause_kind and r.kind = 'REVERSE' and r.account = c.account
              and r.scope = c.scope and r.period_key = c.period_key and r.unit = c.unit)
    ), posted as (
        insert into benefit_entry (at, payer_id, coverage_id, plan_id, holder_id, scope, account, period, period_key,
            ends_on, unit, kind, amount, used_delta, reserved_delta, cause_kind, cause_id, reservation_id)
        select in_at, t.payer_id, t.coverage_id, t.plan_id, t.holder_id, t.scope, t.account, t.period, t.period_key,
            t.ends_on, t.unit, 'REVERSE', t.amount, -t.amount, case when t.released then 0 else -t.reserved_delta end,
            t.cause_kind, t.cause_id, t.reservation_id
        from taken t
        returning *
    ), kept as (
        update benefit_balance b set used = b.used + p.used_delta, reserved = b.reserved + p.reserved_delta
        from posted p
        where b.holder_id = p.holder_id and b.plan_id = p.plan_id and b.ends_on = p.ends_on and b.account = p.account
          and b.scope = p.scope and b.period_key = p.period_key and b.unit = p.unit
        returning 1
    )
    select count(*) into made from kept;
    return made;
end $$;

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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    -- Functions are everybody's unless said otherwise.
    revoke execute on function benefit_door, benefit_lock, benefit_lock_entries, benefit_balances, benefit_take,
        benefit_release, benefit_reverse from public;
    execute format('grant select on benefit_balance, benefit_entry, benefit_difference to %I', app);
    execute format('grant execute on function benefit_balances, benefit_take, benefit_release, benefit_reverse to %I', app);
end $$;
