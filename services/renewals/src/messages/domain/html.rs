//! A mail's words as HTML, made of its text: paragraphs, lines and links, nothing else. Whatever stands in the text is
//! shown as it is and never read as markup.

use minijinja::{AutoEscape, Environment, Value, context};

const LAYOUT: &str = include_str!("../../../templates/layout.html");

/// A piece of a line, and whether it is a link.
type Part = (String, bool);

/// The HTML page that says `text`.
pub(crate) fn of_text(language: &str, subject: &str, text: &str) -> Result<String, minijinja::Error> {
    let paragraphs: Vec<Vec<_>> =
        text.split("\n\n").map(|paragraph| paragraph.trim().lines().map(parts).collect()).collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let paragraphs = Value::from(paragraphs);
    environment.render_str(LAYOUT, context! { language, subject, paragraphs })
}

/// The links of a line and what stands between them.
fn parts(line: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for word in line.split_inclusive(' ') {
        let address = word.trim_end_matches([' ', '.', ',', ';', ':', '!', '?', ')']);
        let link = ["https://", "http://"]
            .iter()
            .any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let (link, plain) = if link { word.split_at(address.len()) } else { ("", word) };
        let pieces = [(link, true), (plain, false)].into_iter().filter(|(text, _)| !text.is_empty());
        parts.extend(pieces.map(|(text, link)| (text.to_owned(), link)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lines_and_links_are_those_of_the_text() {
        let html = of_text("fr", "Objet", "Un\ndeux\n\nVoir https://careway.example/i#a_b-c.").unwrap();
        assert!(html.contains("<html lang=\"fr\">") && html.contains("<title>Objet</title>"), "{html}");
        assert!(html.contains("<p>Un<br>deux</p>"), "{html}");
        let link = "https:&#x2f;&#x2f;careway.example&#x2f;i#a_b-c";
        assert!(html.contains(&format!("<p>Voir <a href=\"{link}\">{link}</a>.</p>")), "{html}");
    }

    #[test]
    fn nothing_in_the_text_is_read_as_markup() {
        let html = of_text("en", "<b>", "<script>x</script> https://a\"onclick=\"x javascript:x").unwrap();
        for markup in ["<b>", "<script", "\"onclick", "href=\"javascript"] {
            assert!(!html.contains(markup), "{html}");
        }
    }
}
