-- When reminders went to a contact since an instant, another recipient's than this one. Nobody else asks for the same contact
-- until the transaction ends: what is answered then is what was committed before.
create or replace function number_sent_to(contact bytea, since timestamptz, but_for uuid) returns timestamptz[]
language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(encode(contact, 'hex'), 2026));
    return array(select n.sent_at from number_sent n
                 where n.contact_index = contact and n.sent_at > since and n.recipient_id <> but_for
                 order by n.sent_at);
end $$;

revoke execute on function number_sent_to from public;
grant execute on function number_sent_to to renewals_app;
