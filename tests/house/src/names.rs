//! What a file's tokens say: its `mod` and `use` declarations, its items, and every path that it names. Comments
//! and whatever stands under `#[cfg(test)]` are left out.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream::IntoIter};

/// A path like `crate::plans::Plan`, or a single word.
pub type Name = Vec<String>;

/// A `use` declaration of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is used.
    pub path: Name,
    /// What it is called here; `*` for everything in it.
    pub called: String,
}

/// A `mod` declaration.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    /// Of a `#[path]` attribute.
    pub(crate) file: Option<String>,
    /// What stands in its braces; none for a file of its own.
    pub(crate) inline: Option<Names>,
}

/// What one module says.
#[derive(Debug, Default)]
pub struct Names {
    /// Its `use` declarations.
    pub uses: Vec<Use>,
    /// Every path in its code, attributes and macros included.
    pub paths: Vec<Name>,
    /// Those of them that are macros it calls.
    pub macros: Vec<Name>,
    /// The items it defines.
    pub items: Vec<String>,
    /// The texts between quotes.
    pub texts: Vec<String>,
    pub(crate) modules: Vec<Declared>,
    tests_too: bool,
}

/// Keywords before the name of an item.
const ITEMS: [&str; 9] = ["struct", "enum", "fn", "type", "trait", "const", "static", "union", "macro_rules"];

type Tokens = Peekable<IntoIter>;

impl Names {
    /// Of the text of a file.
    ///
    /// # Errors
    /// When it is not Rust.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        Self::default().of(text)
    }

    /// Of the text of a file, its tests included.
    ///
    /// # Errors
    /// When it is not Rust.
    pub fn with_tests(text: &str) -> anyhow::Result<Self> {
        Self { tests_too: true, ..Self::default() }.of(text)
    }

    /// Whether a module's file is named by `#[path]`.
    #[must_use]
    pub fn places_a_file(&self) -> bool {
        let inline = |module: &Declared| module.inline.as_ref().is_some_and(Self::places_a_file);
        self.modules.iter().any(|module| module.file.is_some() || inline(module))
    }

    fn of(mut self, text: &str) -> anyhow::Result<Self> {
        let tokens: TokenStream = text.parse().map_err(|error| anyhow::anyhow!("not Rust: {error}"))?;
        self.add(tokens);
        Ok(self)
    }

    fn add(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut file = None;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let Some(attribute) = attribute(&mut tokens) else { continue };
                    if is_of_tests(&attribute) && !self.tests_too {
                        skip_item(&mut tokens);
                    } else if !is_comment(&attribute) {
                        file = path_attribute(&attribute).or(file);
                        self.add(attribute);
                    }
                }
                TokenTree::Ident(word) if word == "mod" => self.declare(&mut tokens, file.take()),
                TokenTree::Ident(word) if word == "use" => {
                    let tree = tokens.by_ref().take_while(|token| !is(token, ';')).collect();
                    add_uses(tree, &[], &mut self.uses);
                }
                TokenTree::Ident(word) => {
                    let path = path(word.to_string(), &mut tokens);
                    if tokens.peek().is_some_and(|token| is(token, '!')) {
                        self.macros.push(path.clone());
                    }
                    if ITEMS.contains(&path[0].as_str()) {
                        self.item(&mut tokens);
                    }
                    self.paths.push(path);
                }
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Literal(text) => self.texts.push(text.to_string()),
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn declare(&mut self, tokens: &mut Tokens, file: Option<String>) {
        let Some(TokenTree::Ident(name)) = tokens.next() else { return };
        let inline = match tokens.next() {
            Some(TokenTree::Group(group)) => {
                let mut names = Self { tests_too: self.tests_too, ..Self::default() };
                names.add(group.stream());
                Some(names)
            }
            _ => None,
        };
        self.modules.push(Declared { name: name.to_string(), file, inline });
    }

    fn item(&mut self, tokens: &mut Tokens) {
        if tokens.peek().is_some_and(|token| is(token, '!')) {
            tokens.next();
        }
        if let Some(TokenTree::Ident(name)) = tokens.peek() {
            self.items.push(name.to_string());
        }
    }
}

/// What stands in the brackets after a `#` or `#!`.
pub(crate) fn attribute(tokens: &mut Tokens) -> Option<TokenStream> {
    if tokens.peek().is_some_and(|token| is(token, '!')) {
        tokens.next();
    }
    match tokens.peek() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            let attribute = group.stream();
            tokens.next();
            Some(attribute)
        }
        _ => None,
    }
}

/// `#[cfg(test)]`, and `any` and `all` with it; not `not(test)`.
pub(crate) fn is_of_tests(attribute: &TokenStream) -> bool {
    let words: Vec<String> = words(attribute.clone());
    words.first().is_some_and(|word| word == "cfg")
        && words.iter().any(|word| word == "test")
        && !words.iter().any(|word| word == "not")
}

/// A comment of documentation is an attribute to the compiler.
fn is_comment(attribute: &TokenStream) -> bool {
    matches!(attribute.clone().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc")
}

fn words(tokens: TokenStream) -> Vec<String> {
    let words = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(word) => vec![word.to_string()],
        TokenTree::Group(group) => words(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    });
    words.collect()
}

fn path_attribute(attribute: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = attribute.clone().into_iter().collect();
    let [TokenTree::Ident(word), _, TokenTree::Literal(file)] = &tokens[..] else { return None };
    (word == "path").then(|| file.to_string().trim_matches('"').to_owned())
}

/// To the end of an item: its braces, or its semicolon.
pub(crate) fn skip_item(tokens: &mut Tokens) {
    let mut is_use = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => is_use |= word == "use",
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !is_use => return,
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            _ => {}
        }
    }
}

pub(crate) fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Takes a `::` if there is one.
fn colons(tokens: &mut Tokens) -> bool {
    let joint = matches!(tokens.peek(), Some(TokenTree::Punct(punct))
        if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
    if joint {
        tokens.next();
        tokens.next();
    }
    joint
}

fn path(first: String, tokens: &mut Tokens) -> Name {
    let mut path = vec![first];
    while colons(tokens) {
        let Some(TokenTree::Ident(word)) = tokens.peek() else { break };
        path.push(word.to_string());
        tokens.next();
    }
    path
}

/// The names of a `use` tree, without its semicolon.
fn add_uses(tree: TokenStream, before: &[String], uses: &mut Vec<Use>) {
    let mut tokens = tree.into_iter().peekable();
    while tokens.peek().is_some() {
        let mut path = before.to_vec();
        let mut called = None;
        let mut nested = false;
        for token in tokens.by_ref() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ',' => break,
                TokenTree::Punct(punct) if punct.as_char() == '*' => called = Some("*".to_owned()),
                TokenTree::Ident(word) if word == "as" => called = Some("as".to_owned()),
                TokenTree::Ident(word) if called.as_deref() == Some("as") => called = Some(word.to_string()),
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    nested = true;
                    add_uses(group.stream(), &path, uses);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if let (false, Some(last)) = (nested, path.last()) {
            let called = called.unwrap_or_else(|| last.clone());
            uses.push(Use { path, called });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(text: &str) -> Vec<String> {
        let names = Names::read(text).unwrap();
        names.uses.iter().map(|it| format!("{} as {}", it.path.join("::"), it.called)).collect()
    }

    #[test]
    fn a_use_tree_is_taken_apart() {
        let text = "use crate::{plans::{self, domain::Plan as P}, visits::*}; pub(crate) use ::http::Uri;";
        assert_eq!(
            used(text),
            [
                "crate::plans as plans",
                "crate::plans::domain::Plan as P",
                "crate::visits as *",
                "http::Uri as Uri"
            ]
        );
    }

    #[test]
    fn tests_comments_and_texts_name_nothing() {
        let text = r#"
            //! Not sqlx::query.
            #[cfg(test)]
            use sqlx::{Row, query};
            fn a() -> Money { b("sqlx::query") }
            #[cfg(test)]
            #[allow(unused)]
            mod tests { use sqlx::query; }
            #[cfg(not(test))]
            use prost::Message;
        "#;
        assert_eq!(used(text), ["prost::Message as Message"]);
        let names = Names::read(text).unwrap();
        assert!(!names.paths.iter().any(|path| path[0] == "sqlx"), "{:?}", names.paths);
        assert_eq!(names.items, ["a"]);
    }

    #[test]
    fn paths_are_found_in_attributes_macros_and_bodies() {
        let names =
            Names::read("#[derive(sqlx::FromRow)] struct A { b: u8 } fn c() { d!(crate::e::F::<u8>) }");
        let names = names.unwrap();
        let joined = |all: &[Name]| all.iter().map(|path| path.join("::")).collect::<Vec<_>>();
        let (paths, macros) = (joined(&names.paths), joined(&names.macros));
        assert_eq!(macros, ["d"]);
        assert!(paths.contains(&"sqlx::FromRow".to_owned()) && paths.contains(&"crate::e::F".to_owned()));
    }
}
