//! A template's words in the language of its reader. A missing or unknown value refuses the message.

use std::collections::HashMap;

use careway_kernel::Language;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::templates::{TEMPLATES, Template};

/// Rendered words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
}

/// Why a template cannot be rendered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unrenderable {
    #[error("there is no template {0}")]
    UnknownTemplate(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is not a value of this template")]
    Unknown(String),
    #[error("line breaks and control characters are not allowed in {0}")]
    LineBreak(String),
    #[error("the template does not render")]
    Broken,
}

/// Whether a template takes this value.
pub(crate) fn takes(name: &str, value: &str) -> bool {
    find(name).is_some_and(|template| template.values.contains(&value))
}

fn find(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

/// The words of `name` in `language`.
pub(crate) fn render(
    name: &str,
    language: Language,
    values: &HashMap<String, String>,
) -> Result<Words, Unrenderable> {
    let template = find(name).ok_or_else(|| Unrenderable::UnknownTemplate(name.to_owned()))?;
    render_template(template, language, values)
}

fn render_template(
    template: &Template,
    language: Language,
    values: &HashMap<String, String>,
) -> Result<Words, Unrenderable> {
    if let Some(unknown) = values.keys().find(|value| !template.values.contains(&value.as_str())) {
        return Err(Unrenderable::Unknown(unknown.clone()));
    }
    let needed = template.values.iter().filter(|value| !template.optional.contains(value));
    if let Some(missing) = needed.into_iter().find(|value| values.get(**value).is_none_or(String::is_empty)) {
        return Err(Unrenderable::Missing(missing));
    }
    let values = template.values.iter().map(|name| {
        let text = values.get(*name).map_or("", String::as_str);
        let text = if template.lines.contains(name) { lines(text) } else { line(text) };
        Ok(((*name).to_owned(), text.ok_or_else(|| Unrenderable::LineBreak((*name).to_owned()))?))
    });
    let values: HashMap<_, _> = values.collect::<Result<_, _>>()?;
    let body = template.bodies.iter().find(|(of, _)| *of == language.as_str());
    let (_, body) = body.ok_or(Unrenderable::Broken)?;
    let (subject, text) = if template.mail {
        let parts = body.strip_prefix("Subject: ").and_then(|mail| mail.split_once("\n\n"));
        let (subject, text) = parts.ok_or(Unrenderable::Broken)?;
        (Some(subject), text)
    } else {
        (None, *body)
    };

    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let words = |source: &str| environment.render_str(source, &values).map_err(|_| Unrenderable::Broken);
    let subject = subject.map(words).transpose()?;
    if subject.as_deref().is_some_and(|subject| line(subject).is_none()) {
        return Err(Unrenderable::Broken);
    }
    Ok(Words { subject, text: words(text.trim_end())? })
}

/// A value of one line: without a control character, or what else breaks one.
fn line(text: &str) -> Option<String> {
    let is_line =
        !text.contains(|letter: char| letter.is_control() || ['\u{2028}', '\u{2029}'].contains(&letter));
    is_line.then(|| text.to_owned())
}

/// A value of several lines, each ended as in a template; of control characters it has only tabs besides.
fn lines(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_text = !text.contains(|letter: char| letter.is_control() && !['\n', '\t'].contains(&letter));
    is_text.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &Template) -> HashMap<String, String> {
        template.values.iter().map(|value| ((*value).to_owned(), format!("<{value}>"))).collect()
    }

    #[test]
    fn every_template_renders_in_every_language_with_every_value_it_shows() {
        for template in TEMPLATES {
            for language in Language::ALL {
                let words = render(template.name, language, &values(template)).unwrap();
                assert!(!words.text.contains("{{"), "{} in {language}", template.name);
                assert_eq!(words.subject.is_some(), template.mail, "{} in {language}", template.name);
                for value in template.values.iter().filter(|value| **value != "purpose") {
                    let shown = words.text.contains(&format!("<{value}>"))
                        || words
                            .subject
                            .as_deref()
                            .is_some_and(|subject| subject.contains(&format!("<{value}>")));
                    assert!(shown, "{} in {language} does not show {value}", template.name);
                }
            }
        }
    }

    #[test]
    fn a_members_links_are_in_no_mail_to_others() {
        let links = ["dispute_link", "explanation_link"];
        for template in TEMPLATES.iter().filter(|template| template.mail) {
            assert!(!template.values.iter().any(|value| links.contains(value)), "{}", template.name);
        }
    }

    #[test]
    fn no_two_languages_say_the_same() {
        for template in TEMPLATES {
            let said: std::collections::HashSet<_> = template.bodies.iter().map(|(_, text)| text).collect();
            assert_eq!(said.len(), Language::ALL.len(), "{}", template.name);
        }
    }

    #[test]
    fn a_value_has_several_lines_where_the_template_says_so_but_never_in_a_subject() {
        let bodies = |body| Language::ALL.map(|language| (language.as_str(), body));
        let template = Template {
            name: "case_message",
            values: &["case", "message"],
            lines: &["message"],
            optional: &[],
            mail: true,
            bodies: bodies("Subject: Case {{ case }}\n\n{{ message }}\n\nCareway"),
        };
        let values = |case: &str, message: &str| {
            HashMap::from([("case".to_owned(), case.to_owned()), ("message".to_owned(), message.to_owned())])
        };
        let render = |template, values| render_template(template, Language::En, &values);
        let words = render(&template, values("S-1", "One\r\n\ttwo\rthree")).unwrap();
        assert_eq!(words.text, "One\n\ttwo\nthree\n\nCareway");
        let refused = Err(Unrenderable::LineBreak("case".to_owned()));
        assert_eq!(render(&template, values("S-1\nBcc: all@example.org", "x")), refused);
        let refused = Err(Unrenderable::LineBreak("message".to_owned()));
        assert_eq!(render(&template, values("S-1", "bell \u{7}")), refused);
        let in_subject = Template { bodies: bodies("Subject: {{ message }}\n\n{{ case }}"), ..template };
        assert_eq!(render(&in_subject, values("S-1", "One\nBcc: two")), Err(Unrenderable::Broken));
    }

    #[test]
    fn a_missing_unknown_or_broken_value_refuses_the_message() {
        let all = values(&TEMPLATES[0]);
        let mut missing = all.clone();
        missing.remove("code");
        assert_eq!(render("visit_code", Language::En, &missing), Err(Unrenderable::Missing("code")));
        let mut unknown = all.clone();
        unknown.insert("diagnosis".to_owned(), "x".to_owned());
        assert_eq!(
            render("visit_code", Language::En, &unknown),
            Err(Unrenderable::Unknown("diagnosis".to_owned()))
        );
        let mut broken = all;
        broken.insert("facility".to_owned(), "a\nBcc: b".to_owned());
        assert_eq!(
            render("visit_code", Language::En, &broken),
            Err(Unrenderable::LineBreak("facility".to_owned()))
        );
        assert!(render("nothing", Language::En, &HashMap::new()).is_err());
    }
}
