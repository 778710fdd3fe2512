//! What a mail program posts for one click (RFC 8058): a form with the one field `List-Unsubscribe` and the one value
//! `One-Click`, in either way of writing a form. Whatever else is posted to a link ends nobody's reminders.

const FIELD: &str = "List-Unsubscribe";
const VALUE: &str = "One-Click";

/// Whether a body of this media type is such a form.
pub(crate) fn is_one_click(media_type: &str, body: &[u8]) -> bool {
    let Ok(body) = std::str::from_utf8(body) else { return false };
    let (kind, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => body.trim_end() == format!("{FIELD}={VALUE}"),
        "multipart/form-data" => {
            boundary(parameters).and_then(|boundary| field(body, boundary)) == Some(VALUE)
        }
        _ => false,
    }
}

/// What stands between the parts.
fn boundary(parameters: &str) -> Option<&str> {
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    Some(boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

/// The value of the field, when it is the one part.
fn field<'a>(body: &'a str, boundary: &str) -> Option<&'a str> {
    let part = body.trim_start().strip_prefix("--")?.strip_prefix(boundary)?.strip_prefix("\r\n")?;
    let (headers, rest) = part.split_once("\r\n\r\n")?;
    let (value, end) = rest.split_once("\r\n--")?;
    let is_last = end.strip_prefix(boundary)?.trim_end() == "--";
    let is_named = headers
        .split("\r\n")
        .filter_map(|header| header.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("content-disposition") && names_field(value));
    (is_last && is_named).then_some(value)
}

fn names_field(disposition: &str) -> bool {
    let mut parts = disposition.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("form-data"))
        && parts
            .filter_map(|part| part.split_once('='))
            .any(|(name, value)| name.eq_ignore_ascii_case("name") && value.trim_matches('"') == FIELD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn one_click_is_read_as_a_form_and_in_parts() {
        let rows = vectors::read("unsubscribe.jsonl");
        let posted: Vec<_> = rows.iter().filter(|row| row["request"]["method"] == "POST").collect();
        assert_eq!(posted.len(), 5);
        for row in posted {
            let text = |name| row["request"][name].as_str().unwrap();
            assert!(is_one_click(text("content-type"), text("body").as_bytes()), "{row}");
        }
        assert!(is_one_click(
            "application/x-www-form-urlencoded; charset=utf-8",
            b"List-Unsubscribe=One-Click\r\n"
        ));
    }

    #[test]
    fn nothing_else_is_one_click() {
        for body in [
            "",
            "List-Unsubscribe=No",
            "List-Unsubscribe=One-Click-Not",
            "List-Unsubscribe=One-Click&other=1",
            "text=List-Unsubscribe%3DOne-Click",
            "One-Click=List-Unsubscribe",
        ] {
            assert!(!is_one_click(FORM, body.as_bytes()), "{body}");
        }
        assert!(!is_one_click(FORM, &[0xff]) && !is_one_click("text/plain", b"List-Unsubscribe=One-Click"));
        let parts = |body: &str| is_one_click("multipart/form-data; boundary=x", body.as_bytes());
        let part = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n";
        assert!(parts(&format!("{part}--x--\r\n")));
        assert!(!parts(&format!("{part}{part}--x--\r\n")), "twice");
        assert!(!parts(part), "it does not end");
        assert!(!parts(&format!("{}--x--\r\n", part.replace("List-Unsubscribe", "other"))));
        assert!(!parts(&format!("{}--x--\r\n", part.replace("One-Click", "No"))));
        assert!(!is_one_click("multipart/form-data", format!("{part}--x--\r\n").as_bytes()), "no boundary");
    }
}
