//! Names as lists sort them: Vietnamese people are looked for by the last word, which is the given name.

/// The given name, then the rest: what a list by given name is sorted by.
pub(crate) fn given_name_first(name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((rest, given)) => format!("{given} {rest}"),
        None => name.to_owned(),
    }
}
