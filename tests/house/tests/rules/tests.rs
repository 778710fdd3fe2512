//! Where tests stand: a few lines in the file itself, rules in `domain/tests/`, and whatever needs a server in `tests/it` or,
//! where only the inside shows it, in the one `src/tests/`.

use careway_house::{Names, Sources};

use crate::workspace::{crates, none, sources};

/// Of tests in the file that they test.
const MOST_LINES: usize = 110;
/// What gives tests their servers.
const SERVERS: &str = "careway_testing";
/// Crates that tests are made with.
const OF_TESTS: [&str; 2] = ["crates/testing", "tests"];
/// What it gives that needs none.
const WITHOUT_SERVERS: [&str; 1] = ["spoilt_mail"];
/// What speaks with such a server for people, outside of any test.
const FOR_PEOPLE: [(&str, &str); 3] =
    [("crates/dev", "carrier.rs"), ("crates/dev", "mail.rs"), ("crates/dev", "bench/mail/post.rs")];

fn breaches(crate_: &str, sources: &Sources) -> Vec<String> {
    let mut told = Vec::new();
    for file in sources.files() {
        let text = sources.text(file).unwrap_or_default();
        let names = Names::with_tests(text).unwrap_or_else(|error| panic!("{crate_}: {file}: {error:#}"));
        if names.places_a_file() {
            told.push(format!("{file} says where a module's file is"));
        }
        let mut used = names.uses.iter().map(|used| &used.path).chain(&names.paths);
        let is_for_people = FOR_PEOPLE.contains(&(crate_, file));
        let needs_a_server = used.any(|path| {
            path.iter().any(|word| word == SERVERS)
                && !path.iter().any(|word| WITHOUT_SERVERS.contains(&word.as_str()))
        });
        if !file.starts_with("tests/") && !is_for_people && needs_a_server {
            told.push(format!("{file} has a test that needs a server"));
        }
        match inline_tests(text) {
            lines if lines > MOST_LINES => told.push(format!("{file} has {lines} lines of tests in it")),
            _ => {}
        }
    }
    told.into_iter().map(|breach| format!("{crate_}: {breach}")).collect()
}

/// The lines of a module of tests, whose braces rustfmt puts at the lines' starts.
fn inline_tests(text: &str) -> usize {
    let tests = text.lines().skip_while(|line| *line != "#[cfg(test)]").skip(1);
    let mut tests = tests.skip_while(|line| line.starts_with("#["));
    match tests.next() {
        Some(head) if head.contains("mod ") && head.ends_with('{') => {
            tests.take_while(|line| *line != "}").count()
        }
        _ => 0,
    }
}

#[test]
fn tests_stand_where_they_belong() {
    let tested = crates().into_iter().filter(|folder| !OF_TESTS.contains(&folder.as_str()));
    none(tested.flat_map(|folder| breaches(&folder, &sources(&folder))).collect());
}

#[test]
fn tests_elsewhere_are_told() {
    let long = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn test() {}\n".repeat(111));
    let sources = Sources::of(&[
        ("lib.rs", "mod plans; #[cfg(test)] mod tests; // careway_testing"),
        ("plans/domain.rs", &long),
        ("plans/store.rs", "#[cfg(test)]\n#[path = \"store_tests.rs\"]\nmod tests;"),
        ("plans/store_tests.rs", "use careway_testing::TestDatabase;"),
        ("tests/plans.rs", "use careway_testing::TestDatabase;"),
        ("tests/mod.rs", "mod plans;"),
    ]);
    assert_eq!(
        breaches("x", &sources),
        [
            "x: plans/domain.rs has 111 lines of tests in it",
            "x: plans/store.rs says where a module's file is",
            "x: plans/store_tests.rs has a test that needs a server",
        ]
    );
}
