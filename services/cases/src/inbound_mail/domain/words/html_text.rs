//! HTML as lines of text. It is read token by token: what it nests costs nothing.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, CharacterTokens, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer,
        states::RawKind,
    },
};

use super::Line;

/// What HTML says.
#[derive(Debug, Default)]
pub(crate) struct HtmlText {
    pub(crate) lines: Vec<Line>,
    /// How much work it would be to build its tree; see [`HtmlText::is_showable`].
    cost: usize,
    deepest: usize,
    /// The content identifiers and names its images have, as written.
    pub(crate) images: Vec<String>,
}

impl HtmlText {
    /// Whether its tree may be built: neither deep, nor with emphasis that is opened anew again and again.
    pub(crate) fn is_showable(&self) -> bool {
        const MOST_COST: usize = 1_000_000;
        self.deepest <= crate::inbound_mail::domain::limits::MOST_HTML_DEPTH && self.cost <= MOST_COST
    }
}

/// Reads HTML.
pub(crate) fn read(html: &str) -> HtmlText {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Reader::default(), html5ever::tokenizer::TokenizerOpts::default());
    // Scripts are not run: the tokenizer goes on behind each.
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink.state.into_inner().finish()
}

#[derive(Default)]
struct Reader {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    text: HtmlText,
    line: String,
    /// The element whose text is not for people.
    hidden: Option<String>,
    quotations: usize,
    preformatted: usize,
    depth: usize,
    /// Open elements that are opened anew in every paragraph until they are closed.
    emphases: usize,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            CharacterTokens(text) => state.characters(&text),
            TagToken(tag) if tag.kind == StartTag => return state.start(&tag),
            TagToken(tag) => state.end(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        self.text.cost += 1 + self.emphases;
        if !is_void(name) && !tag.self_closing {
            self.depth += 1;
            self.text.deepest = self.text.deepest.max(self.depth);
            self.emphases += usize::from(is_emphasis(name));
        }
        match name {
            "style" | "script" | "title" | "noframes" | "iframe" | "noembed" | "textarea" => {
                self.hidden = Some(name.to_owned());
                let kind = match name {
                    "script" => RawKind::ScriptData,
                    "title" | "textarea" => RawKind::Rcdata,
                    _ => RawKind::Rawtext,
                };
                return TokenSinkResult::RawData(kind);
            }
            "br" => self.break_line(),
            "img" => self.image(tag),
            "td" | "th" => self.blank(),
            name if is_block(name) => {
                self.end_block();
                match name {
                    "blockquote" => self.quotations += 1,
                    "pre" => self.preformatted += 1,
                    "li" => self.line.push_str("- "),
                    _ => {}
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        self.text.cost += 1;
        self.depth = self.depth.saturating_sub(1);
        if is_emphasis(name) {
            self.emphases = self.emphases.saturating_sub(1);
        }
        if self.hidden.as_deref() == Some(name) {
            self.hidden = None;
        }
        if is_block(name) {
            self.end_block();
            match name {
                "blockquote" => self.quotations = self.quotations.saturating_sub(1),
                "pre" => self.preformatted = self.preformatted.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn characters(&mut self, text: &str) {
        self.text.cost += 1 + self.emphases;
        if self.hidden.is_some() {
            return;
        }
        for letter in text.chars() {
            match letter {
                '\n' if self.preformatted > 0 => self.break_line(),
                ' ' | '\t' if self.preformatted > 0 => self.line.push(letter),
                ' ' | '\t' | '\r' | '\n' | '\u{c}' => self.blank(),
                '\u{a0}' => self.line.push(' '),
                letter => self.line.push(letter),
            }
        }
    }

    /// Blanks are one, and none at the beginning of a line.
    fn blank(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn image(&mut self, tag: &Tag) {
        let attribute = |name: &str| tag.attrs.iter().find(|found| &*found.name.local == name);
        if let Some(source) = attribute("src") {
            self.text.images.push(source.value.to_string());
        }
        if let Some(words) = attribute("alt") {
            self.line.push_str(words.value.trim());
        }
    }

    fn end_block(&mut self) {
        if !self.line.trim().is_empty() {
            self.break_line();
        }
        self.line.clear();
    }

    fn break_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        // The mark of a signature ends in a blank.
        let text = if line == "-- " { line } else { line.trim_end().to_owned() };
        self.text.lines.push(Line { text, is_quoted: self.quotations > 0 });
    }

    fn finish(mut self) -> HtmlText {
        self.end_block();
        self.text
    }
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 34] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tr",
        "ul",
    ];
    BLOCKS.contains(&name)
}

fn is_void(name: &str) -> bool {
    const VOID: [&str; 14] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr",
    ];
    VOID.contains(&name)
}

fn is_emphasis(name: &str) -> bool {
    const EMPHASES: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    EMPHASES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{super::joined, *};

    fn text(html: &str) -> String {
        joined(&read(html).lines)
    }

    #[test]
    fn blocks_are_lines() {
        for (html, expected) in [
            ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
            ("<div>a<div>b</div></div>c", "a\nb\nc"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<ul><li>a<li>b</ul>", "- a\n- b"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("a&nbsp;&amp;&lt;b&gt;  <b>c</b>", "a &<b> c"),
            (
                "<title>t</title><style>p{}</style><script>x('<p>')</script>words<textarea>no</textarea>",
                "words",
            ),
            ("see <img src=cid:x alt=here>", "see here"),
        ] {
            assert_eq!(text(html).trim_start(), expected.trim_start(), "{html}");
        }
    }

    #[test]
    fn boxes_of_quotation_are_quoted() {
        let read = read("mine<blockquote>theirs</blockquote>mine");
        let quoted: Vec<bool> = read.lines.iter().map(|line| line.is_quoted).collect();
        assert_eq!(quoted, [false, true, false]);
    }

    #[test]
    fn what_would_be_costly_to_build_is_not_shown() {
        assert!(read(&"<div>".repeat(200)).is_showable());
        assert!(!read(&"<div>".repeat(201)).is_showable());
        let emphasis: String = (0..150).map(|at| format!("<b id={at}>")).collect();
        assert!(!read(&(emphasis + &"<p>x</p>".repeat(10_000))).is_showable());
        assert!(read(&"<p><b>x</b> y</p>".repeat(20_000)).is_showable());
    }
}
