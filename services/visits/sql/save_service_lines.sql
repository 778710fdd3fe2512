-- Writes lines, new or changed; then gives back what earlier ones took or held, if any did; then takes: all or nothing.
-- `in_lines` is an array of rows of service_line without their sealed details, which stand beside them; a line that is
-- replaced comes before what takes its place. How many entries of the ledger that made.
create or replace function save_service_lines(in_lines json, in_sealed bytea[], in_undo_kind text, in_undone uuid[], in_kind text,
    in_coverage uuid, in_at timestamptz, in_postings jsonb)
returns integer
language plpgsql set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare made integer := 0;
begin
    insert into service_line (line_id, owner_kind, owner_id, owner_number, payer_id, facility_id, visit_id, member_id,
        coverage_id, position, code, given_on, quantity, unit_price, preauthorization_number, determination, kind, benefit,
        needs_approval, tariff_price, approval_id, approved_quantity, allowed, submitted, write_off, not_covered,
        deductible, copay, coinsurance, over_category, over_ceiling, payer, decision, decided_quantity, decided_price,
        decided_refusal, decided_by, decided_at, approved_from, approved_to, sealed_details, active, replaced_by,
        newborn_visit_id)
    select l.line_id, l.owner_kind, l.owner_id, l.owner_number, l.payer_id, l.facility_id, l.visit_id, l.member_id,
        l.coverage_id, l.position, l.code, l.given_on, l.quantity, l.unit_price, l.preauthorization_number, l.determination,
        l.kind, l.benefit, l.needs_approval, l.tariff_price, l.approval_id, l.approved_quantity, l.allowed, l.submitted,
        l.write_off, l.not_covered, l.deductible, l.copay, l.coinsurance, l.over_category, l.over_ceiling, l.payer,
        l.decision, l.decided_quantity, l.decided_price, l.decided_refusal, l.decided_by, l.decided_at, l.approved_from,
        l.approved_to, in_sealed[l.ordinality::integer], l.active, l.replaced_by,
        (select v.visit_id from visit v where v.visit_id = l.visit_id and v.newborn)
    from json_populate_recordset(null::service_line, in_lines) with ordinality l
    on conflict (line_id) do update set owner_number = excluded.owner_number, code = excluded.code,
        given_on = excluded.given_on, quantity = excluded.quantity, unit_price = excluded.unit_price,
        preauthorization_number = excluded.preauthorization_number, determination = excluded.determination, kind = excluded.kind,
        benefit = excluded.benefit, needs_approval = excluded.needs_approval, tariff_price = excluded.tariff_price,
        approval_id = excluded.approval_id, approved_quantity = excluded.approved_quantity, allowed = excluded.allowed,
        submitted = excluded.submitted, write_off = excluded.write_off, not_covered = excluded.not_covered,
        deductible = excluded.deductible, copay = excluded.copay, coinsurance = excluded.coinsurance,
        over_category = excluded.over_category, over_ceiling = excluded.over_ceiling, payer = excluded.payer,
        decision = excluded.decision, decided_quantity = excluded.decided_quantity,
        decided_price = excluded.decided_price, decided_refusal = excluded.decided_refusal,
        decided_by = excluded.decided_by, decided_at = excluded.decided_at, approved_from = excluded.approved_from,
        approved_to = excluded.approved_to, sealed_details = excluded.sealed_details, active = excluded.active,
        replaced_by = excluded.replaced_by;
    if cardinality(in_undone) > 0 then
        made := case in_undo_kind when 'RELEASE' then benefit_release('PREAUTHORIZATION_LINE', in_undone, in_at)
            else benefit_reverse('CLAIM_LINE', in_undone, in_at) end;
    end if;
    if jsonb_array_length(in_postings) > 0 then
        made := made + benefit_take(in_coverage, in_kind, in_at, in_postings);
    end if;
    return made;
end $$;

revoke execute on function save_service_lines from public;
grant execute on function save_service_lines to visits_app;
