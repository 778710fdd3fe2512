//! The SQL of a store: what each of its functions says to the database, and whether the database heard it.

use std::iter::Peekable;

use proc_macro2::{Delimiter, TokenStream, TokenTree, token_stream::IntoIter};

use crate::{
    names::{attribute, is, is_of_tests, skip_item},
    sources::Sources,
};

/// How a text begins that is SQL or goes on with it.
const BEGINNINGS: [&str; 16] = [
    "select ",
    "with ",
    "insert into ",
    "update ",
    "delete from ",
    "truncate ",
    "where ",
    "from ",
    "join ",
    "left join ",
    "returning ",
    "order by ",
    "on conflict ",
    "create ",
    "returning",
    "values ",
];
/// What SQL alone says in the middle.
const MIDDLES: [&str; 6] = ["select ", " from ", "insert into ", " returning ", " where ", " as ("];

/// A function of a store, or a constant or macro that functions say their SQL by.
#[derive(Debug, PartialEq, Eq)]
pub struct StoreFunction {
    /// The file, below `src`.
    pub file: String,
    /// Its name.
    pub name: String,
    /// The pieces of its SQL.
    pub sql: Vec<String>,
}

impl StoreFunction {
    /// All that say SQL in the stores of a crate, tests left out.
    ///
    /// # Errors
    /// When a file is not Rust.
    pub fn all(sources: &Sources) -> anyhow::Result<Vec<Self>> {
        let mut found = Vec::new();
        for file in sources.files().filter(|file| is_store(file)) {
            let text = sources.text(file).unwrap_or_default();
            let tokens: TokenStream =
                text.parse().map_err(|error| anyhow::anyhow!("{file} is not Rust: {error}"))?;
            add_items(tokens, file, &mut found);
        }
        Ok(found)
    }

    /// Its pieces that none of these statements has. They are compared as [`plain`] makes them.
    pub fn unheard<'a>(&'a self, heard: &[String]) -> Vec<&'a str> {
        let missing = self.sql.iter().filter(|piece| {
            let piece = plain(piece);
            !heard.iter().any(|statement| statement.contains(&piece))
        });
        missing.map(String::as_str).collect()
    }
}

/// SQL without what PostgreSQL leaves out when it counts statements: each value is a `?`, several are one.
#[must_use]
pub fn plain(sql: &str) -> String {
    let mut plain = String::new();
    let mut rest = sql.chars().peekable();
    while let Some(sign) = rest.next() {
        let in_word = plain.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_');
        match sign {
            '\'' => {
                while let Some(inner) = rest.next() {
                    if inner == '\'' && rest.next_if_eq(&'\'').is_none() {
                        break;
                    }
                }
                plain.push('?');
            }
            '-' if rest.peek() == Some(&'-') => while rest.next_if(|inner| *inner != '\n').is_some() {},
            '$' | '-' if rest.peek().is_some_and(char::is_ascii_digit) => {
                while rest.next_if(|digit| digit.is_ascii_digit() || *digit == '.').is_some() {}
                plain.push('?');
            }
            '0'..='9' if !in_word => {
                while rest.next_if(|digit| digit.is_ascii_digit() || *digit == '.').is_some() {}
                plain.push('?');
            }
            _ if sign.is_whitespace() => {
                if !plain.ends_with(' ') && !plain.is_empty() {
                    plain.push(' ');
                }
            }
            _ => plain.push(sign),
        }
    }
    let words = plain.trim().split(' ').map(|word| match word.trim_end_matches([',', ')']) {
        value @ ("null" | "true" | "false") => word.replacen(value, "?", 1),
        _ => word.to_owned(),
    });
    let mut plain = words.collect::<Vec<_>>().join(" ");
    while plain.contains("?, ?") {
        plain = plain.replace("?, ?", "?");
    }
    plain
}

/// In a folder `store`, or the file.
fn is_store(file: &str) -> bool {
    !file.starts_with("tests/") && file.trim_end_matches(".rs").split('/').any(|place| place == "store")
}

fn add_items(tokens: TokenStream, file: &str, found: &mut Vec<StoreFunction>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let of_tests = attribute(&mut tokens).is_some_and(|attribute| is_of_tests(&attribute));
                if of_tests {
                    skip_item(&mut tokens);
                }
            }
            TokenTree::Ident(word)
                if ["fn", "const", "static", "macro_rules"].iter().any(|it| word == it) =>
            {
                if tokens.peek().is_some_and(|token| is(token, '!')) {
                    tokens.next();
                }
                if matches!(tokens.peek(), Some(TokenTree::Ident(next)) if next == "fn") {
                    continue;
                }
                let Some(TokenTree::Ident(name)) = tokens.next() else { continue };
                let mut texts = Vec::new();
                add_texts(item(&mut tokens), &mut texts);
                texts.retain(|text| is_sql(text));
                if !texts.is_empty() {
                    let (file, name) = (file.to_owned(), name.to_string());
                    found.push(StoreFunction { file, name, sql: texts });
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                add_items(group.stream(), file, found);
            }
            _ => {}
        }
    }
}

/// The rest of an item: to its braces or its semicolon.
fn item(tokens: &mut Peekable<IntoIter>) -> TokenStream {
    let mut taken = Vec::new();
    for token in tokens {
        let ends = is(&token, ';')
            || matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        taken.push(token);
        if ends {
            break;
        }
    }
    taken.into_iter().collect()
}

fn add_texts(tokens: TokenStream, texts: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => add_texts(group.stream(), texts),
            TokenTree::Literal(text) => texts.extend(unquoted(&text.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// What a text between quotes says; none of another literal.
fn unquoted(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        return Some(raw.trim_matches('#').strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let quoted = literal.strip_prefix('"')?.strip_suffix('"')?;
    let (mut text, mut signs) = (String::new(), quoted.chars().peekable());
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next()? {
                '\n' => while signs.next_if(|sign| sign.is_whitespace()).is_some() {},
                'n' => text.push('\n'),
                escaped => text.push(escaped),
            },
            _ => text.push(sign),
        }
    }
    Some(text)
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start_matches([' ', ',', '(', ')', '\n']);
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || MIDDLES.iter().any(|middle| text.contains(middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(text: &str) -> Vec<StoreFunction> {
        StoreFunction::all(&Sources::of(&[("plans/store.rs", text), ("plans/list.rs", text)])).unwrap()
    }

    #[test]
    fn the_sql_of_functions_constants_and_macros_is_found() {
        let found = functions(
            r#"
            const FORMER: &str = "select former from claim";
            macro_rules! select_plan { ($rest:expr) => { concat!("select * from plan ", $rest) }; }
            impl Row { fn read(self) -> Plan { panic!("plan cannot be read") } }
            async fn list(a: A) { sqlx::query(select_plan!("where payer_id = $1 \
                and code = 'x'")).bind(a) }
            fn push(s: &mut S) { s.push(", gone as (delete from plan where id = ").push_bind(1); s.push(")"); }
            #[cfg(test)] mod tests { fn test() { sqlx::query("select 1 from nothing") } }
            "#,
        );
        let named: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.sql.join("|"))).collect();
        assert_eq!(
            named,
            [
                ("FORMER", "select former from claim".to_owned()),
                ("select_plan", "select * from plan ".to_owned()),
                ("list", "where payer_id = $1 and code = 'x'".to_owned()),
                ("push", ", gone as (delete from plan where id = ".to_owned()),
            ]
        );
    }

    #[test]
    fn a_statement_is_known_again_as_postgres_keeps_it() {
        let said = "select name_1, 'it''s' as word from plan\n  where version = -1 and payer_id in ($1, $2) and x is null";
        let kept =
            "select name_1, $3 as word from plan where version = $4 and payer_id in ($1, $2) and x is null";
        assert_eq!(plain(said), plain(kept));
        assert_eq!(
            plain(kept),
            "select name_1, ? as word from plan where version = ? and payer_id in (?) and x is ?"
        );
    }

    #[test]
    fn what_was_not_heard_is_told() {
        let found =
            functions("fn get() { query(\"select a from plan where id = $1\", \"update plan set a = 2\") }");
        let heard = [plain("with caller as (select 1) select a from plan where id = $4 limit 5")];
        assert_eq!(found[0].unheard(&heard), ["update plan set a = 2"]);
    }
}
