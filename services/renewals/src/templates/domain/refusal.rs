//! Why a template is not saved.

/// The template is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateRefusal {
    #[error("The words have something in braces that is none of the known values.")]
    UnknownPlaceholder(String),
    #[error("The plain body has a character that is not in the alphabet of SMS.")]
    PlainBodyNotGsm7 { at: usize },
    #[error("A built-in template stays as it is; make one of your own.")]
    BuiltIn,
}
