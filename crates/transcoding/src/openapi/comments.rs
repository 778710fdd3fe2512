//! The comments of the contract, which are its documentation.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FileDescriptor};

/// Comments by file and location.
pub(super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    pub(super) fn read(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.file_descriptor_protos() {
            for location in file.source_code_info.iter().flat_map(|info| &info.location) {
                let text = clean(location.leading_comments());
                if !text.is_empty() {
                    comments.insert((file.name().to_owned(), location.path.clone()), text);
                }
            }
        }
        Self(comments)
    }

    pub(super) fn of(&self, file: &FileDescriptor, path: &[i32]) -> &str {
        self.0.get(&(file.name().to_owned(), path.to_vec())).map(String::as_str).unwrap_or_default()
    }
}

fn clean(comment: &str) -> String {
    let lines: Vec<&str> =
        comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

/// The first sentence, without its full stop, and the rest.
pub(super) fn split_summary(comment: &str) -> (String, String) {
    let end = comment.char_indices().find(|(index, letter)| {
        let after = comment[index + letter.len_utf8()..].chars().next();
        (*letter == '.' && after.is_none_or(char::is_whitespace)) || comment[*index..].starts_with("\n\n")
    });
    let (summary, rest) = match end {
        Some((index, letter)) => (&comment[..index], &comment[index + letter.len_utf8()..]),
        None => (comment, ""),
    };
    (summary.split_whitespace().collect::<Vec<_>>().join(" "), rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_summary() {
        let (summary, rest) = split_summary("Starts a v1.5\nvisit. The member\nmust be present.");
        assert_eq!(summary, "Starts a v1.5 visit");
        assert_eq!(rest, "The member\nmust be present.");
        assert_eq!(split_summary("One\n\nTwo."), ("One".to_owned(), "Two.".to_owned()));
        assert_eq!(split_summary("No stop"), ("No stop".to_owned(), String::new()));
    }
}
