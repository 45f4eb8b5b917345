//! The small Markdown that replies are written in, and what each channel makes of it.
//!
//! Authors write one text; a chat shows it as HTML, a terminal with ANSI styles, a pipe plainly. What one
//! of them could not show (a heading, a picture, a table) is refused when the knowledge is loaded, so that
//! nothing can go wrong when a reply is sent. Unlike in Markdown, a line break is a line break: these are
//! messages, not pages.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of nodes are `comrak`'s"
)]

use anstyle::{AnsiColor, Style};
use comrak::nodes::{ListDelimType, ListType, Node, NodeList, NodeValue};
use comrak::{Arena, Options, parse_document};

/// Says what of this text is not the small Markdown, if anything: the first thing that is not.
///
/// # Errors
///
/// A message for the author of the text.
pub fn check(markdown: &str) -> Result<(), String> {
    let reading = read(markdown);
    if reading.pieces.iter().any(|piece| piece.quote) {
        return Err("a block quote cannot be shown in a message".to_owned());
    }
    reading.verdict()
}

/// The same of a whole reply, which may hold what was [`quoted`].
///
/// # Errors
///
/// As [`check`].
pub fn check_reply(markdown: &str) -> Result<(), String> {
    read(markdown).verdict()
}

/// The text alone, for a channel without styles: a link is followed by its address.
#[must_use]
pub fn plain(markdown: &str) -> String {
    read(markdown).pieces.iter().map(Piece::plain).collect()
}

/// The text in Telegram's HTML.
#[must_use]
pub fn telegram_html(markdown: &str) -> String {
    let pieces = read(markdown).pieces;
    let stretches = pieces.chunk_by(|one, next| one.quote == next.quote);
    let html = stretches.map(|stretch| {
        let html: String = stretch.iter().map(Piece::telegram_html).collect();
        if stretch.first().is_some_and(|piece| piece.quote) {
            let text = html.trim_matches('\n');
            let quote = format!("<blockquote expandable>{text}</blockquote>");
            html.replacen(text, &quote, 1)
        } else {
            html
        }
    });
    html.collect()
}

/// The text as something beside the matter, which a chat folds up. Authors do not write this: what is long is folded
/// where it stands beside something that must not be overlooked.
#[must_use]
pub fn quoted(markdown: &str) -> String {
    let lines: Vec<String> = markdown.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

/// The text with the styles of a terminal.
#[must_use]
pub fn ansi(markdown: &str) -> String {
    read(markdown).pieces.iter().map(Piece::ansi).collect()
}

/// A stretch of text in one style. Line breaks and the marks of list items are text like any other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Piece {
    text: String,
    bold: bool,
    italic: bool,
    code: bool,
    link: Option<String>,
    /// Beside the matter: a chat folds it up.
    quote: bool,
}

impl Piece {
    fn same_style(&self, other: &Self) -> bool {
        let style = |piece: &Self| (piece.bold, piece.italic, piece.code, piece.quote);
        style(self) == style(other) && self.link == other.link
    }

    fn plain(&self) -> String {
        format!("{}{}", self.text, self.address_after())
    }

    fn telegram_html(&self) -> String {
        let mut html = escaped(&self.text);
        // Telegram's code can neither hold nor be in another style.
        if self.code && self.link.is_none() {
            html = format!("<code>{html}</code>");
        }
        if self.italic && !self.code {
            html = format!("<i>{html}</i>");
        }
        if self.bold && !self.code {
            html = format!("<b>{html}</b>");
        }
        match &self.link {
            Some(link) => format!("<a href=\"{}\">{html}</a>", escaped(link)),
            None => html,
        }
    }

    fn ansi(&self) -> String {
        let mut style = Style::new();
        if self.bold {
            style = style.bold();
        }
        if self.italic {
            style = style.italic();
        }
        if self.code {
            style = style.fg_color(Some(AnsiColor::Cyan.into()));
        }
        if self.link.is_some() {
            style = style.underline();
        }
        format!("{style}{}{style:#}{}", self.text, self.address_after())
    }

    /// What a reader who cannot follow a link needs to see of it.
    fn address_after(&self) -> String {
        match &self.link {
            Some(link) if *link != self.text => format!(" ({link})"),
            Some(_) | None => String::new(),
        }
    }
}

/// A text taken apart.
#[derive(Default)]
struct Reading {
    pieces: Vec<Piece>,
    /// The first thing met that is not in the small Markdown. Reading goes on past it, for a text that is
    /// shown all the same shall not be cut short.
    refused: Option<String>,
    /// The source line that the last paragraph ended on; 0 before the first.
    line_last: usize,
    /// Marks of list items that are yet to be put before the paragraph that follows.
    marks: String,
    in_quote: bool,
}

fn read(markdown: &str) -> Reading {
    let mut options = Options::default();
    // By CommonMark's own rule, `**「设置」**里` would not be bold: a quote before a letter cannot close it.
    options.extension.cjk_friendly_emphasis = true;
    // These are only recognised so that they can be refused by name.
    options.extension.table = true;
    options.extension.strikethrough = true;
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options);
    let mut reading = Reading::default();
    reading.blocks(root, 0);
    reading
}

impl Reading {
    fn verdict(self) -> Result<(), String> {
        match self.refused {
            Some(refused) => Err(refused),
            None => check_leftovers(&self.pieces),
        }
    }

    fn blocks(&mut self, parent: Node<'_>, depth: usize) {
        for node in parent.children() {
            let data = node.data();
            match &data.value {
                NodeValue::Paragraph => {
                    self.begin_paragraph(data.sourcepos.start.line);
                    self.inlines(node, &Piece::default());
                    self.line_last = data.sourcepos.end.line;
                }
                NodeValue::List(list) => self.list(node, list, depth),
                NodeValue::BlockQuote => {
                    self.in_quote = true;
                    self.blocks(node, depth);
                    self.in_quote = false;
                }
                value => self.refuse_block(value, node),
            }
        }
    }

    fn list(&mut self, node: Node<'_>, list: &NodeList, depth: usize) {
        for (index, item) in node.children().enumerate() {
            let mark = match (list.list_type, list.delimiter) {
                (ListType::Bullet, _) => "• ".to_owned(),
                (ListType::Ordered, ListDelimType::Period) => format!("{}. ", list.start + index),
                (ListType::Ordered, ListDelimType::Paren) => format!("{}) ", list.start + index),
            };
            self.marks.extend(["  ".repeat(depth), mark]);
            self.blocks(item, depth + 1);
            if !std::mem::take(&mut self.marks).is_empty() {
                self.refuse("an empty list item");
            }
        }
    }

    /// Keeps the distance that the paragraph has from the last one in the source.
    fn begin_paragraph(&mut self, line: usize) {
        let mut before = String::new();
        if self.line_last > 0 {
            before.push_str(&"\n".repeat(line.saturating_sub(self.line_last).max(1)));
        }
        before.push_str(&std::mem::take(&mut self.marks));
        self.push(&Piece::default(), &before);
    }

    fn inlines(&mut self, parent: Node<'_>, style: &Piece) {
        for node in parent.children() {
            match &node.data().value {
                NodeValue::Text(text) => self.push(style, text),
                NodeValue::SoftBreak | NodeValue::LineBreak => self.push(style, "\n"),
                NodeValue::Code(code) => self.push(
                    &Piece {
                        code: true,
                        ..style.clone()
                    },
                    &code.literal,
                ),
                NodeValue::Strong => self.inlines(
                    node,
                    &Piece {
                        bold: true,
                        ..style.clone()
                    },
                ),
                NodeValue::Emph => self.inlines(
                    node,
                    &Piece {
                        italic: true,
                        ..style.clone()
                    },
                ),
                NodeValue::Link(link) => {
                    if !link.url.starts_with("https://") {
                        self.refuse(&format!(
                            "a link to `{}`, other than to `https://…`,",
                            link.url
                        ));
                    }
                    if !link.title.is_empty() {
                        self.refuse(&format!("the link title `{}`", link.title));
                    }
                    self.inlines(
                        node,
                        &Piece {
                            link: Some(link.url.clone()),
                            ..style.clone()
                        },
                    );
                }
                value => {
                    self.refuse(name(value));
                    self.push(style, &source_text(value));
                    self.inlines(node, style);
                }
            }
        }
    }

    fn refuse_block(&mut self, value: &NodeValue, node: Node<'_>) {
        self.refuse(name(value));
        let line = node.data().sourcepos.start.line;
        self.begin_paragraph(line);
        self.push(&Piece::default(), source_text(value).trim_end());
        self.inlines(node, &Piece::default());
        self.line_last = node.data().sourcepos.end.line;
    }

    fn refuse(&mut self, what: &str) {
        self.refused
            .get_or_insert_with(|| format!("{what} cannot be shown in a message"));
    }

    fn push(&mut self, style: &Piece, text: &str) {
        if text.is_empty() {
            return;
        }
        let piece = Piece {
            text: text.to_owned(),
            quote: self.in_quote,
            ..style.clone()
        };
        match self
            .pieces
            .last_mut()
            .filter(|last| last.same_style(&piece))
        {
            Some(last) => last.text.push_str(text),
            None => self.pieces.push(piece),
        }
    }
}

/// Marks left over in the text itself are styles that did not come off.
fn check_leftovers(pieces: &[Piece]) -> Result<(), String> {
    for mark in ["**", "__", "](", "`"] {
        if pieces
            .iter()
            .any(|piece| !piece.code && piece.text.contains(mark))
        {
            return Err(format!("a `{mark}` is left over, which readers would see"));
        }
    }
    Ok(())
}

/// What an author would call this part of a text.
fn name(value: &NodeValue) -> &'static str {
    match value {
        NodeValue::Heading(_) => "a heading",
        NodeValue::Image(_) => "an image",
        NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) => "html",
        NodeValue::Table(_) => "a table",
        NodeValue::CodeBlock(_) => "a code block",
        NodeValue::ThematicBreak => "a horizontal rule",
        NodeValue::Strikethrough => "struck-through text",
        other => other.xml_node_name(),
    }
}

/// The text of a part that has no children to ask for it.
fn source_text(value: &NodeValue) -> String {
    match value {
        NodeValue::HtmlBlock(html) => html.literal.clone(),
        NodeValue::HtmlInline(html) => html.clone(),
        NodeValue::CodeBlock(code) => code.literal.clone(),
        _ => String::new(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_html(markdown: &str, html: &str) {
        assert_eq!(check(markdown), Ok(()));
        assert_eq!(telegram_html(markdown), html);
    }

    #[track_caller]
    fn check_refused(markdown: &str, message: &str) {
        assert_eq!(check(markdown), Err(message.to_owned()));
    }

    #[test]
    fn styles_come_out_beside_chinese() {
        check_html("**「设置」**里的*帐号*", "<b>「设置」</b>里的<i>帐号</i>");
        check_html(
            "点**“手机号码”**。再点`改绑`",
            "点<b>“手机号码”</b>。再点<code>改绑</code>",
        );
        check_html("**很*重*要**", "<b>很</b><b><i>重</i></b><b>要</b>");
        check_html("**`a<b`**", "<code>a&lt;b</code>");
    }

    #[test]
    fn what_html_means_is_escaped() {
        check_html(
            "1 < 2 & 3 > 2 \"x\"",
            "1 &lt; 2 &amp; 3 &gt; 2 &quot;x&quot;",
        );
        check_html(
            "[客服](https://kf.qq.com/?a=1&b=2)",
            "<a href=\"https://kf.qq.com/?a=1&amp;b=2\">客服</a>",
        );
    }

    #[test]
    fn lines_stay_lines() {
        check_html("一\n二\n\n三\n\n\n四", "一\n二\n\n三\n\n\n四");
        check_html(
            "先看:\n1. 甲\n2. 乙\n\n再看:\n- 丙\n- 丁\n接着\n\n完",
            "先看:\n1. 甲\n2. 乙\n\n再看:\n• 丙\n• 丁\n接着\n\n完",
        );
        check_html(
            "- 甲\n\n- 乙\n  - 丙\n  - 丁",
            "• 甲\n\n• 乙\n  • 丙\n  • 丁",
        );
        check_html("3. 丙\n4. 丁", "3. 丙\n4. 丁");
        check_html("1) 甲\n2) **乙**", "1) 甲\n2) <b>乙</b>");
        check_html("\n\n前后的空行不算\n\n", "前后的空行不算");
        check_html("", "");
    }

    #[test]
    fn what_stands_beside_the_matter_is_folded() {
        let text = format!("甲\n{}\n\n丁", quoted("**乙**\n\n- 丙\n- 丙"));
        assert_eq!(
            telegram_html(&text),
            "甲\n<blockquote expandable><b>乙</b>\n\n• 丙\n• 丙</blockquote>\n\n丁"
        );
        assert_eq!(plain(&text), "甲\n乙\n\n• 丙\n• 丙\n\n丁");
    }

    #[test]
    fn a_link_keeps_its_address_where_it_cannot_be_followed() {
        assert_eq!(
            plain("见[客服](https://kf.qq.com)"),
            "见客服 (https://kf.qq.com)"
        );
        assert_eq!(
            plain("见[https://kf.qq.com](https://kf.qq.com)"),
            "见https://kf.qq.com"
        );
        assert_eq!(plain("见<https://kf.qq.com>。"), "见https://kf.qq.com。");
        assert_eq!(plain("1. **甲**\n2. `乙`\n- *丙*"), "1. 甲\n2. 乙\n• 丙");
        assert_eq!(plain(r"\*不是斜体\* &amp; \[1\]"), "*不是斜体* & [1]");
    }

    #[test]
    fn a_terminal_gets_styles() {
        assert_eq!(ansi("**甲**乙"), "\u{1b}[1m甲\u{1b}[0m乙");
        assert_eq!(
            ansi("*[客服](https://kf.qq.com)*"),
            "\u{1b}[3m\u{1b}[4m客服\u{1b}[0m (https://kf.qq.com)"
        );
    }

    #[test]
    fn everything_else_is_refused() {
        check_refused("# 标题", "a heading cannot be shown in a message");
        check_refused("标题\n---", "a heading cannot be shown in a message");
        check_refused(
            "甲\n\n---\n\n乙",
            "a horizontal rule cannot be shown in a message",
        );
        check_refused(
            "![图](https://a.b/c.png)",
            "an image cannot be shown in a message",
        );
        check_refused("<b>粗</b>", "html cannot be shown in a message");
        check_refused("<div>\n块\n</div>", "html cannot be shown in a message");
        check_refused("> 引用", "a block quote cannot be shown in a message");
        check_refused(
            "```\n代码\n```",
            "a code block cannot be shown in a message",
        );
        check_refused("    代码", "a code block cannot be shown in a message");
        check_refused("-\n- 乙", "an empty list item cannot be shown in a message");
        check_refused(
            "[客服](http://kf.qq.com)",
            "a link to `http://kf.qq.com`, other than to `https://…`, cannot be shown in a message",
        );
        check_refused(
            "[客服](https://kf.qq.com \"腾讯\")",
            "the link title `腾讯` cannot be shown in a message",
        );
        check_refused(
            "** 没有闭合**",
            "a `**` is left over, which readers would see",
        );
        check_refused("~~删~~", "struck-through text cannot be shown in a message");
        check_refused(
            "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |",
            "a table cannot be shown in a message",
        );
    }

    #[test]
    fn what_is_refused_is_still_readable() {
        assert_eq!(plain("# 标题\n\n正文<br>"), "标题\n\n正文<br>");
        assert_eq!(plain("> 引用\n> 二"), "引用\n二");
    }
}
