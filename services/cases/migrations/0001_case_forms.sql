-- The topics a partner opens a case for, with their questions as JSON Schema 2020-12, per language.
-- The platform's own reference data: it belongs to no organization.
create table case_form (
    topic text not null,
    language text not null constraint case_form_language check (language in ('rw', 'en', 'fr', 'vi', 'ro', 'bn')),
    position int not null,
    title text not null,
    schema jsonb not null constraint case_form_schema_object check (jsonb_typeof(schema) = 'object'),
    primary key (topic, language)
);
grant select on case_form to cases_app;

insert into case_form (topic, language, position, title, schema) values
('integration', 'en', 1, 'Integration and technical questions', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "environment": {"type": "string", "title": "Where does it happen?", "enum": ["TEST", "PRODUCTION"]},
    "operation": {"type": "string", "title": "Which operation did you call?", "maxLength": 200},
    "traceId": {"type": "string", "title": "The trace id of an answer that surprised you", "pattern": "^[0-9a-f]{32}$"}
  },
  "required": ["environment"],
  "if": {"properties": {"environment": {"const": "PRODUCTION"}}}, "then": {"required": ["traceId"]}}'),
('integration', 'bn', 1, 'ইন্টিগ্রেশন ও কারিগরি প্রশ্ন', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "environment": {"type": "string", "title": "কোথায় ঘটছে?", "enum": ["TEST", "PRODUCTION"]},
    "operation": {"type": "string", "title": "কোন অপারেশন ব্যবহার করেছেন?", "maxLength": 200},
    "traceId": {"type": "string", "title": "উত্তরের ট্রেস আইডি", "pattern": "^[0-9a-f]{32}$"}
  },
  "required": ["environment"],
  "if": {"properties": {"environment": {"const": "PRODUCTION"}}}, "then": {"required": ["traceId"]}}'),
('appointments', 'en', 2, 'Appointments and bookings', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "bookingId": {"type": "string", "title": "The booking''s id", "maxLength": 64},
    "problem": {"type": "string", "title": "What went wrong?", "enum": ["NOT_VISIBLE", "WRONG_TIME", "WRONG_PRICE", "CANCELLATION", "OTHER"]}
  },
  "required": ["problem"],
  "if": {"properties": {"problem": {"enum": ["WRONG_TIME", "WRONG_PRICE", "CANCELLATION"]}}}, "then": {"required": ["bookingId"]}}'),
('appointments', 'bn', 2, 'অ্যাপয়েন্টমেন্ট ও বুকিং', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "bookingId": {"type": "string", "title": "বুকিং আইডি", "maxLength": 64},
    "problem": {"type": "string", "title": "সমস্যাটি কী?", "enum": ["NOT_VISIBLE", "WRONG_TIME", "WRONG_PRICE", "CANCELLATION", "OTHER"]}
  },
  "required": ["problem"],
  "if": {"properties": {"problem": {"enum": ["WRONG_TIME", "WRONG_PRICE", "CANCELLATION"]}}}, "then": {"required": ["bookingId"]}}'),
('billing', 'en', 3, 'Invoices and payments', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "invoiceNumber": {"type": "string", "title": "The invoice''s number", "maxLength": 64},
    "period": {"type": "string", "title": "The month in question", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
  },
  "anyOf": [{"required": ["invoiceNumber"]}, {"required": ["period"]}]}'),
('account', 'en', 4, 'Access and accounts', '{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "request": {"type": "string", "title": "What do you need?", "enum": ["GRANT_ACCESS", "REMOVE_ACCESS", "CHANGE_DETAILS", "OTHER"]},
    "email": {"type": "string", "title": "Whose account?", "format": "email", "maxLength": 254}
  },
  "required": ["request"],
  "if": {"properties": {"request": {"enum": ["GRANT_ACCESS", "REMOVE_ACCESS"]}}}, "then": {"required": ["email"]}}');
