-- The cards of these renewals, in the order asked for, with whom of their household paid in that year, the authority's
-- settings, and the day where the agency is. Only what the party shows in its list, and has: what is not is missing.
create or replace function renewal_facts(in_items uuid[], in_party uuid, in_from date, in_to date, in_now timestamptz)
returns json language sql stable set search_path = public, pg_temp as $$
    with card as (
        select i.renewal_item_id, i.authority_id, i.agency_id, i.version, i.last_day, i.renewal_id is not null as renewed,
            p.participant_id, p.bhxh_number, p.full_name, p.household, p.result, asked.place
        from unnest(in_items) with ordinality asked (item, place)
        join renewal_item i on i.renewal_item_id = asked.item and in_party in (i.agency_id, i.authority_id)
        join participant p on p.authority_id = i.authority_id
            and p.bhxh_number = i.bhxh_number
            and (i.renewal_id is not null or p.agency_id = i.agency_id and p.last_day = i.last_day)
    ), paid as (
        select * from household_payers(in_items, in_party, in_from, in_to)
    )
    select json_build_object(
        'cards', coalesce((select json_agg(card order by card.place) from card), '[]'),
        'payers', coalesce((select json_agg(paid) from paid), '[]'),
        'settings', (select s.settings from card join renewal_settings s using (authority_id) limit 1),
        'today', (in_now at time zone coalesce((
            select o.time_zone from card join organization_ref o on o.organization_id = card.agency_id limit 1), 'UTC'))::date)
$$;

revoke execute on function renewal_facts from public;
grant execute on function renewal_facts to renewals_app;
