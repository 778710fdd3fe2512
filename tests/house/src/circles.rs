//! Circles: files that use each other, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

/// Each set of files that all lead to each other, in order.
#[must_use]
pub fn circles(uses: &BTreeSet<(&str, &str)>) -> BTreeSet<Vec<String>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in uses {
        next.entry(from).or_default().push(to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        next.keys().map(|file| (*file, reachable(&next, file))).collect();
    let in_a_circle = reached.iter().filter(|(file, reached)| reached.contains(*file));
    let circles = in_a_circle.map(|(file, all)| {
        let others = all.iter().filter(|other| reached.get(*other).is_some_and(|it| it.contains(file)));
        others.map(|other| (*other).to_owned()).collect()
    });
    circles.collect()
}

fn reachable<'a>(next: &BTreeMap<&'a str, Vec<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for to in next.get(file).into_iter().flatten() {
            if reached.insert(*to) {
                open.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_circle_is_found_once_and_what_hangs_on_it_is_not_in_it() {
        let uses =
            [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("x", "y"), ("y", "x"), ("e", "x")];
        let found = circles(&uses.into());
        assert_eq!(
            found,
            [vec!["a", "b", "c"], vec!["x", "y"]]
                .map(|it| it.iter().map(|it| it.to_string()).collect())
                .into()
        );
        assert_eq!(circles(&[("a", "b"), ("b", "c")].into()), BTreeSet::new());
    }
}
