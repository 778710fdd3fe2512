
// What a mail program posts for one click (RFC 8058).
question(() => post(
  `v1/unsubscribe/${encodeURIComponent(token)}`,
  'application/x-www-form-urlencoded',
  'List-Unsubscribe=One-Click',
));
