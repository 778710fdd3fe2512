//! The platform's own messages, in the languages of their readers. A missing or unknown value refuses the message.

use std::collections::HashMap;

use careway_kernel::Language;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// One template in every language it has; English is always there.
struct Template {
    name: &'static str,
    values: &'static [&'static str],
    bodies: &'static [(&'static str, Option<&'static str>, &'static str)],
}

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
    #[error("line breaks are not allowed in {0}")]
    LineBreak(String),
    #[error("the template does not render")]
    Broken,
}

const TEMPLATES: &[Template] = &[
    Template {
        name: "visit_code",
        values: &["code", "facility", "purpose", "minutes"],
        bodies: &[
            ("en", None, include_str!("../../templates/visit_code.en.txt")),
            ("rw", None, include_str!("../../templates/visit_code.rw.txt")),
            ("fr", None, include_str!("../../templates/visit_code.fr.txt")),
            ("vi", None, include_str!("../../templates/visit_code.vi.txt")),
            ("ro", None, include_str!("../../templates/visit_code.ro.txt")),
            ("bn", None, include_str!("../../templates/visit_code.bn.txt")),
        ],
    },
    Template {
        name: "visit_admitted",
        values: &["facility", "visit_number", "dispute_link"],
        bodies: &[
            ("en", None, include_str!("../../templates/visit_admitted.en.txt")),
            ("rw", None, include_str!("../../templates/visit_admitted.rw.txt")),
            ("fr", None, include_str!("../../templates/visit_admitted.fr.txt")),
            ("vi", None, include_str!("../../templates/visit_admitted.vi.txt")),
            ("ro", None, include_str!("../../templates/visit_admitted.ro.txt")),
            ("bn", None, include_str!("../../templates/visit_admitted.bn.txt")),
        ],
    },
    Template {
        name: "invitation",
        values: &["organization", "link", "days"],
        bodies: &[
            (
                "en",
                Some("You are invited to {{ organization }} on Careway"),
                include_str!("../../templates/invitation.en.txt"),
            ),
            (
                "fr",
                Some("Vous êtes invité à rejoindre {{ organization }} sur Careway"),
                include_str!("../../templates/invitation.fr.txt"),
            ),
            (
                "vi",
                Some("Lời mời tham gia {{ organization }} trên Careway"),
                include_str!("../../templates/invitation.vi.txt"),
            ),
        ],
    },
    Template {
        name: "password_reset",
        values: &["link", "minutes"],
        bodies: &[
            (
                "en",
                Some("Choose a new Careway password"),
                include_str!("../../templates/password_reset.en.txt"),
            ),
            (
                "fr",
                Some("Choisissez un nouveau mot de passe Careway"),
                include_str!("../../templates/password_reset.fr.txt"),
            ),
            ("vi", Some("Đặt lại mật khẩu Careway"), include_str!("../../templates/password_reset.vi.txt")),
        ],
    },
];

/// The words of `name` in `language`, or else in English.
pub(crate) fn render(
    name: &str,
    language: Language,
    values: &HashMap<String, String>,
) -> Result<Words, Unrenderable> {
    let template = TEMPLATES
        .iter()
        .find(|template| template.name == name)
        .ok_or_else(|| Unrenderable::UnknownTemplate(name.to_owned()))?;
    if let Some(unknown) = values.keys().find(|value| !template.values.contains(&value.as_str())) {
        return Err(Unrenderable::Unknown(unknown.clone()));
    }
    if let Some(missing) =
        template.values.iter().find(|value| values.get(**value).is_none_or(String::is_empty))
    {
        return Err(Unrenderable::Missing(missing));
    }
    if let Some((value, _)) = values.iter().find(|(_, text)| text.contains(['\r', '\n', '\0'])) {
        return Err(Unrenderable::LineBreak(value.clone()));
    }
    let body = |wanted: &str| template.bodies.iter().find(|(language, ..)| *language == wanted);
    let (_, subject, text) = body(language.as_str()).or_else(|| body("en")).ok_or(Unrenderable::Broken)?;

    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let words = |source: &str| environment.render_str(source, values).map_err(|_| Unrenderable::Broken);
    Ok(Words { subject: subject.map(words).transpose()?, text: words(text.trim_end())? })
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
            for (language, ..) in template.bodies {
                let words =
                    render(template.name, Language::parse(language).unwrap(), &values(template)).unwrap();
                assert!(!words.text.contains("{{"), "{} in {language}", template.name);
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
    fn codes_and_admissions_speak_all_six_languages() {
        for name in ["visit_code", "visit_admitted"] {
            assert_eq!(TEMPLATES.iter().find(|template| template.name == name).unwrap().bodies.len(), 6);
        }
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
