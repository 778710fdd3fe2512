-- Whoever lets a paused campaign go on lets go of the reminders that were held back meanwhile: the authority that approves it,
-- or an agency that it was handed over to, in whose name they were not queued.
create policy message_of_reminder_let_go on message for update
    using (caller_kind() in ('AGENCY', 'AUTHORITY') and exists (
        select from reminder_recipient r where r.message_id = message.message_id))
    with check (caller_kind() in ('AGENCY', 'AUTHORITY') and exists (
        select from reminder_recipient r where r.message_id = message.message_id));
