-- Every change of a calendar or a service level draws one: what was reckoned by a smaller one is reckoned anew.
create sequence service_level_basis;
grant usage on sequence service_level_basis to cases_app;

-- When support works. The platform's own, named by its leads.
create table work_calendar (
    work_calendar_id text primary key constraint work_calendar_name check (work_calendar_id ~ '^[a-z0-9-]{1,40}$'),
    time_zone        text        not null,
    -- From Monday on, lists of {"from", "until"} in minutes of the day.
    week             jsonb       not null,
    -- The same by date.
    exceptions       jsonb       not null,
    basis            bigint      not null,
    version          bigint      not null,
    updated_at       timestamptz not null
);

-- What support promises an organization; with no organization, all that have none of their own.
create table service_level (
    organization_id  uuid constraint service_level_organization unique nulls not distinct,
    work_calendar_id text        not null constraint service_level_calendar references work_calendar,
    -- By severity, in minutes of working time.
    targets          jsonb       not null,
    basis            bigint      not null,
    version          bigint      not null,
    updated_at       timestamptz not null
);
create index service_level_by_calendar on service_level (work_calendar_id);

-- Until the leads set others: weekdays from eight to five where Careway is at home.
insert into work_calendar (work_calendar_id, time_zone, week, exceptions, basis, version, updated_at)
select 'default', 'Africa/Kigali',
    jsonb_build_array(hours, hours, hours, hours, hours, '[]'::jsonb, '[]'::jsonb), '{}', 1, 1, '2026-01-01T00:00:00Z'
from (select '[{"from": 480, "until": 1020}]'::jsonb as hours) as weekday;
insert into service_level (organization_id, work_calendar_id, targets, basis, version, updated_at)
values (null, 'default', '{
    "low": {"first_response": 960, "next_response": 960, "resolution": 4800},
    "normal": {"first_response": 480, "next_response": 480, "resolution": 2400},
    "high": {"first_response": 240, "next_response": 240, "resolution": 960},
    "urgent": {"first_response": 60, "next_response": 60, "resolution": 480}}', 1, 1, '2026-01-01T00:00:00Z');
select setval('service_level_basis', 1);

alter table work_calendar enable row level security;
alter table work_calendar force row level security;
alter table service_level enable row level security;
alter table service_level force row level security;
create policy service_level_read on service_level for select
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization()
           or (organization_id is null and caller_organization() is not null));
create policy service_level_write on service_level
    using (caller_is_system() or caller_is_platform()) with check (caller_is_system() or caller_is_platform());
grant select, insert, update on service_level to cases_app;

create policy work_calendar_read on work_calendar for select
    using (caller_is_system() or caller_is_platform() or exists (
        select from service_level s where s.work_calendar_id = work_calendar.work_calendar_id));
create policy work_calendar_write on work_calendar
    using (caller_is_system() or caller_is_platform()) with check (caller_is_system() or caller_is_platform());
grant select, insert, update on work_calendar to cases_app;

-- What the clocks of a case count by.
alter table support_case
    -- Support's first answer; the partner's first message since support's last.
    add column answered_at      timestamptz,
    add column unanswered_since timestamptz,
    -- When the resolution stood still, went on, stood still again.
    add column clock_pauses     timestamptz[] not null default '{}',
    -- What was told of which clock, like FIRST_RESPONSE:BREACH.
    add column clocks_told      text[]        not null default '{}',
    -- When something is to be told next.
    add column clock_tells_at   timestamptz,
    -- What its clocks were reckoned by.
    add column clock_basis      bigint        not null default 0;
create index support_case_clock_tells on support_case (clock_tells_at) where clock_tells_at is not null;
create index support_case_clock_basis on support_case (clock_basis) where state <> 'CLOSED';
