-- Holds whoever the coverage's balances are kept for, until the transaction ends: the family and the member, in one
-- order. A lock of no row, for there may be no balance yet. Whoever posts, or decides what to post, calls it first: so
-- nothing changes between a decision and its posting, and no balance is made meanwhile that the decision did not know of.
create or replace function benefit_hold(cover coverage) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('benefit holder ' || least(cover.family_id, cover.member_id), 0));
    if cover.family_id <> cover.member_id then
        perform pg_advisory_xact_lock(
            hashtextextended('benefit holder ' || greatest(cover.family_id, cover.member_id), 0));
    end if;
end $$;

revoke execute on function benefit_hold from public;
