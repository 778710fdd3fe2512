-- What became of a line is a determination, in the words of the field.
alter table service_line rename column verdict to determination;
alter table service_line rename constraint service_line_verdict_known to service_line_determination_known;
