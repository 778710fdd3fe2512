-- Campaigns of reminders, whom they remind, and what was reminded of ever.
create table reminder_campaign (
    campaign_id             uuid primary key,
    authority_id            uuid        not null,
    agency_id               uuid        not null,
    name                    text        not null,
    kind                    text        not null constraint reminder_campaign_kind check (kind in ('ONCE', 'STANDING')),
    channel                 text        not null constraint reminder_campaign_channel check (channel in ('SMS', 'EMAIL')),
    steps                   integer[]   not null constraint reminder_campaign_steps check (cardinality(steps) between 1 and 6),
    due_template_id         uuid,
    due_template_version    bigint,
    lapsed_template_id      uuid,
    lapsed_template_version bigint,
    starts_at               timestamptz,
    most_segments           integer     not null,
    budget                  bigint      constraint reminder_campaign_budget check (budget > 0),
    state                   text        not null constraint reminder_campaign_state check (state in ('DRAFT', 'AWAITING_APPROVAL',
        'APPROVED', 'SCHEDULED', 'RUNNING', 'PAUSED', 'COMPLETED', 'PARTIALLY_FAILED', 'CANCELLED')),
    pause_reason            text        constraint reminder_campaign_pause check (pause_reason in ('BY_HAND', 'BUDGET', 'REAPPROVAL_NEEDED')),
    author_id               uuid        not null,
    submitted_by            uuid,
    submitted_recipients    bigint,
    approved_by             uuid,
    approved_recipients     bigint,
    rejection               text        not null default '',
    segments_used           bigint      not null default 0,
    next_run_at             timestamptz,
    -- The local day that is planned, or was planned last, and the participant that planning has come to; none once it is done.
    planned_on              date,
    plan_last_day           date,
    plan_participant_id     uuid,
    created_at              timestamptz not null,
    ended_at                timestamptz,
    version                 bigint      not null,
    constraint reminder_campaign_agency foreign key (authority_id, agency_id) references agency,
    constraint reminder_campaign_paused check ((state = 'PAUSED') = (pause_reason is not null)),
    constraint reminder_campaign_cursor check ((plan_last_day is null) = (plan_participant_id is null))
);
create index reminder_campaign_agency_newest on reminder_campaign (agency_id, campaign_id desc);
create index reminder_campaign_authority_newest on reminder_campaign (authority_id, campaign_id desc);
create index reminder_campaign_at_work on reminder_campaign (next_run_at) where state in ('APPROVED', 'SCHEDULED', 'RUNNING');
alter table reminder_campaign enable row level security;
alter table reminder_campaign force row level security;
create policy reminder_campaign_parties on reminder_campaign
    using (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization() or authority_id = caller_organization());

-- PLANNED, QUEUED while it has a message, whose state then counts, or SUPPRESSED with the reason.
create table reminder_recipient (
    recipient_id   uuid primary key,
    campaign_id    uuid        not null references reminder_campaign,
    participant_id uuid        not null references participant on delete cascade,
    last_day       date        not null,
    step           integer     not null,
    -- Steps that were missed, in whose place it is.
    superseded     integer[]   not null default '{}',
    state          text        not null constraint reminder_recipient_state check (state in ('PLANNED', 'QUEUED', 'SUPPRESSED')),
    reason         text,
    message_id     uuid,
    -- How often a message was made for it.
    attempts       integer     not null default 0,
    -- Of the words that were given for sending.
    segments       integer,
    -- Where it was sent, by its keyed hash: whom its link to end reminders is of.
    contact_index  bytea,
    planned_at     timestamptz not null,
    constraint reminder_recipient_once unique (campaign_id, participant_id, last_day, step),
    constraint reminder_recipient_suppressed check ((state = 'SUPPRESSED') = (reason is not null))
);
create index reminder_recipient_planned on reminder_recipient (campaign_id, recipient_id) where state = 'PLANNED';
create index reminder_recipient_of_campaign on reminder_recipient (campaign_id, recipient_id);
create index reminder_recipient_message on reminder_recipient (message_id) where message_id is not null;
create index reminder_recipient_participant on reminder_recipient (participant_id, recipient_id desc);
alter table reminder_recipient enable row level security;
alter table reminder_recipient force row level security;
-- Of whoever sees the campaign.
create policy reminder_recipient_parties on reminder_recipient
    using (caller_is_system() or exists (
        select from reminder_campaign c where c.campaign_id = reminder_recipient.campaign_id))
    with check (caller_is_system() or exists (
        select from reminder_campaign c where c.campaign_id = reminder_recipient.campaign_id));

-- What became of a reminder is seen by whoever sees the campaign: its authority, too.
create policy message_of_reminder on message for select
    using (exists (select from reminder_recipient r where r.message_id = message.message_id));

-- Which steps of which cards have their reminder: each once, ever, over all campaigns.
create table reminder_sent (
    participant_id uuid    not null references participant on delete cascade,
    last_day       date    not null,
    channel        text    not null,
    step           integer not null,
    recipient_id   uuid    not null,
    primary key (participant_id, last_day, channel, step)
);
alter table reminder_sent enable row level security;
alter table reminder_sent force row level security;
-- Of whoever sees the participant; written by planning alone.
create policy reminder_sent_parties on reminder_sent for select
    using (caller_is_system() or exists (
        select from participant p where p.participant_id = reminder_sent.participant_id));
create policy reminder_sent_planning on reminder_sent
    using (caller_is_system()) with check (caller_is_system());

-- When reminders went to which number or address, by its keyed hash; kept for as long as it is counted.
create table number_sent (
    recipient_id  uuid primary key,
    contact_index bytea       not null,
    sent_at       timestamptz not null
);
create index number_sent_contact on number_sent (contact_index, sent_at);
create index number_sent_old on number_sent (sent_at);
alter table number_sent enable row level security;
alter table number_sent force row level security;
create policy number_sent_sending on number_sent
    using (caller_is_system()) with check (caller_is_system());

grant select, insert, update on reminder_campaign, reminder_recipient to renewals_app;
grant select, insert, update, delete on reminder_sent, number_sent to renewals_app;
