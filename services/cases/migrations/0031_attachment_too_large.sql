-- A file of a mail that is larger than files may be is noted, and not kept.
alter table case_attachment
    drop constraint case_attachment_availability_known,
    drop constraint case_attachment_kept,
    add constraint case_attachment_availability_known
        check (availability in ('AVAILABLE', 'BLOCKED', 'INFECTED', 'TOO_LARGE', 'REDACTED')),
    add constraint case_attachment_kept check ((key_id is null) = (sealed_key is null)
        and (key_id is null) = (availability in ('INFECTED', 'TOO_LARGE', 'REDACTED') or size_bytes = 0));
