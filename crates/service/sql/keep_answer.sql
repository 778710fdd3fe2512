-- Keeps the answer given under a key.
create or replace function keep_answer(in_key bytea, in_answer bytea) returns void language plpgsql as $$
begin
    update idempotency_record set answer = in_answer where key_hash = in_key;
end
$$;
