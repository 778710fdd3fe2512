//! HTML that may be shown: nothing of it acts, loads or posts.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

/// What may stand in it beside the words: ways to write to, or to open by hand.
const SCHEMES: [&str; 5] = ["http", "https", "mailto", "tel", "cid"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_clean_content_tags(["title", "iframe", "noscript", "noembed", "noframes", "textarea"])
        .attribute_filter(|element, attribute, value| {
            // Images come with the mail or not at all; no address loads anything.
            let loads = matches!(attribute, "src" | "cite" | "background" | "longdesc");
            let is_ours = element == "img" && attribute == "src" && value.starts_with("cid:");
            (!loads || is_ours).then_some(Cow::Borrowed(value))
        });
    cleaner
});

/// Cleans HTML that [`super::html_text::HtmlText::is_showable`]. Images named by what the mail brings are named by its `cid:`.
pub(crate) fn clean(html: &str, content_ids: &[&str]) -> String {
    let named = content_ids.iter().fold(Cow::Borrowed(html), |html, id| {
        let bare = [format!("src=\"{id}\""), format!("src='{id}'")];
        if bare.iter().any(|bare| html.contains(bare.as_str())) {
            let html = html.replace(&bare[0], &format!("src=\"cid:{id}\""));
            Cow::Owned(html.replace(&bare[1], &format!("src=\"cid:{id}\"")))
        } else {
            html
        }
    });
    CLEANER.clean(&named).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_loads_or_posts() {
        for (html, expected) in [
            ("<p onclick=x()>a</p>", "<p>a</p>"),
            ("<img src=\"http://track.example/p.gif\" alt=x>", "<img alt=\"x\">"),
            ("<img src=\"cid:s1\">", "<img src=\"cid:s1\">"),
            ("<img src=\"second.png\">", "<img src=\"cid:second.png\">"),
            ("<blockquote cite=\"http://a.example\">q</blockquote>", "<blockquote>q</blockquote>"),
            ("<a href=\"jav&#x09;ascript:x()\">y</a>", "<a rel=\"noopener noreferrer nofollow\">y</a>"),
            ("<a href=\"/x\">y</a>", "<a rel=\"noopener noreferrer nofollow\">y</a>"),
            ("+ADw-script+AD4-", "+ADw-script+AD4-"),
            ("<svg><a xlink:href=\"javascript:x()\">x</a></svg>y", "y"),
        ] {
            assert_eq!(clean(html, &["second.png"]), expected, "{html}");
        }
    }
}
