//! Every setting of every program, as its `--help` tells it: the page of them is current. `CAREWAY_WRITE_DOCS=1 cargo test -p
//! careway-tests settings` writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use careway_tests::program;

use crate::docs::assert_current;

const SERVICES: [&str; 5] = ["identity", "visits", "renewals", "cases", "channels"];

/// What a program can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    name: String,
    what: String,
    default: String,
    is_required: bool,
}

/// Every command that has settings, with the heading it stands under when its settings are nobody else's.
fn commands() -> Vec<(&'static str, Vec<&'static str>, String)> {
    let mut commands = vec![("gateway", vec![], "Gateway".to_owned())];
    for service in SERVICES {
        let name = service[..1].to_uppercase() + &service[1..];
        commands.push((service, vec!["serve"], name));
    }
    commands
        .extend(SERVICES.map(|service| (service, vec!["migrate"], "`migrate` of each service".to_owned())));
    for command in ["serve", "provision"] {
        commands.push(("standalone", vec![command], format!("`careway-standalone {command}`")));
    }
    commands
}

/// What a command says of its settings.
async fn settings(name: &str, command: &[&str]) -> Vec<Setting> {
    let output = program(name, &[]).args(command).arg("--help").output().await.unwrap();
    assert!(output.status.success(), "{name} {command:?}: {output:?}");
    read(&String::from_utf8(output.stdout).unwrap())
}

/// The settings of a help text: an option is a line that begins with its flag, and what follows until the next.
fn read(help: &str) -> Vec<Setting> {
    let usage = help.lines().find_map(|line| line.strip_prefix("Usage: ")).expect("a line of usage");
    let (_, options) = help.split_once("\nOptions:\n").expect("options");
    let mut told: Vec<(&str, String)> = Vec::new();
    for line in options.lines() {
        let text = line.trim();
        if text.starts_with('-') && line.len() - line.trim_start().len() < 10 {
            // What it is follows in the same line where all are short.
            let (flags, what) = text.split_once("  ").unwrap_or((text, ""));
            let flag = flags.split(' ').find(|word| word.starts_with("--")).expect("a long flag");
            told.push((flag, what.trim().to_owned()));
        } else if let Some((_, what)) = told.last_mut() {
            *what = format!("{what} {text}").trim().to_owned();
        }
    }
    let settings = told.into_iter().filter_map(|(flag, text)| {
        let name = within(&text, "[env: ")?.split('=').next()?.to_owned();
        let default = within(&text, "[default: ").filter(|default| *default != "\"\"").unwrap_or_default();
        let end =
            ["[env: ", "[default: ", "Possible values:"].iter().filter_map(|mark| text.find(mark)).min()?;
        let what = text[..end].trim().to_owned();
        Some(Setting {
            name,
            what,
            default: default.to_owned(),
            is_required: usage.contains(&format!(" {flag} ")),
        })
    });
    settings.collect()
}

/// What stands after a mark, up to the bracket that ends it.
fn within<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark)?.1.split(']').next()
}

/// Every setting by the heading it stands under: who reads it.
async fn by_heading() -> Vec<(String, Vec<Setting>)> {
    let mut found: Vec<(Setting, BTreeSet<usize>)> = Vec::new();
    let commands = commands();
    for (at, (program, command, _)) in commands.iter().enumerate() {
        for setting in settings(program, command).await {
            let known = found.iter_mut().find(|(known, _)| *known == setting);
            match known {
                // One process of everything reads what each of them reads.
                Some(_) if *program == "standalone" => {}
                Some((_, readers)) => {
                    readers.insert(at);
                }
                None => found.push((setting, BTreeSet::from([at]))),
            }
        }
    }
    let heading = |readers: &[usize]| {
        let names: BTreeSet<&str> = readers.iter().map(|at| &*commands[*at].2).collect();
        match readers.len() {
            _ if names.len() == 1 => names.into_iter().collect(),
            6 => "Every process".to_owned(),
            5 => "The five services".to_owned(),
            _ => readers.iter().map(|at| &*commands[*at].2).collect::<Vec<_>>().join(", "),
        }
    };
    // Those of most readers first.
    let mut ordered: BTreeMap<(bool, Vec<usize>), Vec<Setting>> = BTreeMap::new();
    for (setting, readers) in found {
        ordered.entry((readers.len() < 5, readers.into_iter().collect())).or_default().push(setting);
    }
    ordered.into_iter().map(|((_, readers), settings)| (heading(&readers), settings)).collect()
}

/// The names of all settings there are.
pub(crate) async fn names() -> BTreeSet<String> {
    let settings = by_heading().await.into_iter().flat_map(|(_, settings)| settings);
    settings.map(|setting| setting.name).collect()
}

#[tokio::test]
async fn the_page_of_settings_is_current() {
    let mut page = String::from(
        "# Settings\n\nMade from what the programs say with `--help`. Each is an environment variable, and each may be given as a file instead:\n\
         `CAREWAY_X_FILE` names a file whose content, without its last line break, is `CAREWAY_X`. They are checked before a port is\n\
         opened. `careway-standalone serve` reads those of the gateway and of the five services.\n",
    );
    for (heading, settings) in by_heading().await {
        let _ = write!(
            page,
            "\n## {heading}\n\n| setting | what it is | default | required |\n|---|---|---|---|\n"
        );
        for Setting { name, what, default, is_required } in settings {
            let what = what.replace('|', "\\|");
            let default = if default.is_empty() { default } else { format!("`{default}`") };
            let required = if is_required { "yes" } else { "" };
            let _ = writeln!(page, "| `{name}` | {what} | {default} | {required} |");
        }
    }
    assert_current("docs/settings.md", &page);
}

#[test]
fn a_help_text_is_read() {
    let setting = |name: &str, what: &str, default: &str, is_required: bool| Setting {
        name: name.to_owned(),
        what: what.to_owned(),
        default: default.to_owned(),
        is_required,
    };
    let long = "Answers.\n\nUsage: careway-x serve [OPTIONS] --x-key <KEY>\n\nOptions:\n      --listen <LISTEN>\n          Where it \
                listens:\n          on every address\n          \n          Possible values:\n          - any: of them\n          \n\
          [env: CAREWAY_LISTEN=]\n          [default: 0.0.0.0:1]\n\n      --x-key <KEY>\n          Seals\n          \n          \
                [env: CAREWAY_X_KEY]\n          [default: \"\"]\n\n  -h, --help\n          Print help\n";
    let expected = [
        setting("CAREWAY_LISTEN", "Where it listens: on every address", "0.0.0.0:1", false),
        setting("CAREWAY_X_KEY", "Seals", "", true),
    ];
    assert_eq!(read(long), expected);
    let short = "Migrates.\n\nUsage: careway-x migrate --url <URL>\n\nOptions:\n      --url <URL>  The database [env: \
                 CAREWAY_URL]\n  -h, --help       Print help\n";
    assert_eq!(read(short), [setting("CAREWAY_URL", "The database", "", true)]);
}
