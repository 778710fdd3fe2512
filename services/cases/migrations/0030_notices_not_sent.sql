-- What is not sent yet is withdrawn by whom it is for.
create index case_notice_not_sent on case_notice (account_id) where state = 'RAISED';
