-- From which network a form came, as a keyed hash; nobody reads an address out of it. For the bounds of the mails to confirm.
alter table interest_form add column network_index bytea;
create index interest_form_network on interest_form (network_index, submitted_at);
create index interest_mail_confirm on interest_mail (raised_at) where kind = 'CONFIRM';
