-- An authority that insures by a scheme of its own is a payer like any other: facilities see it, and it sees them.

alter policy organization_select on organization
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization()
           or (kind in ('PAYER', 'FACILITY', 'AUTHORITY') and caller_kind() in ('PAYER', 'FACILITY', 'AUTHORITY')));
