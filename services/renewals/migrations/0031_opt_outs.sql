-- Contacts that want no reminders, found by the same keyed hash as participants' contacts. An answer that a person must read
-- is kept sealed beside them until somebody has read it.
create table opt_out (
    opt_out_id     uuid primary key,
    authority_id   uuid        not null,
    contact_index  bytea       not null,
    channel        text        not null constraint opt_out_channel check (channel in ('SMS', 'EMAIL')),
    purpose        text        not null constraint opt_out_purpose check (purpose in ('REMINDER')),
    state          text        not null constraint opt_out_state check (state in ('ACTIVE', 'REVIEW')),
    source         text        not null constraint opt_out_source check (source in ('AGENT', 'REPLY', 'LINK')),
    answer         bytea,
    created_by     text        not null,
    created_at     timestamptz not null,
    constraint opt_out_once unique (authority_id, contact_index, channel, purpose),
    constraint opt_out_answer check ((state = 'REVIEW') = (answer is not null))
);
create index opt_out_newest on opt_out (authority_id, opt_out_id desc);
create index opt_out_contact on opt_out (contact_index);
alter table opt_out enable row level security;
alter table opt_out force row level security;
-- Of the authority, and of an agency as long as it has somebody with this contact.
create policy opt_out_parties on opt_out
    using (caller_is_system() or authority_id = caller_organization() or exists (
        select from participant p
        where p.authority_id = opt_out.authority_id and p.agency_id = caller_organization()
          and (p.mobile_index = opt_out.contact_index or p.phone_index = opt_out.contact_index
               or p.email_index = opt_out.contact_index)))
    with check (caller_is_system() or authority_id = caller_organization() or exists (
        select from participant p
        where p.authority_id = opt_out.authority_id and p.agency_id = caller_organization()
          and (p.mobile_index = opt_out.contact_index or p.phone_index = opt_out.contact_index
               or p.email_index = opt_out.contact_index)));
grant select, insert, update, delete on opt_out to renewals_app;
