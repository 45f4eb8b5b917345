//! One box of the picture: its rows, where the words of each stand, and the heights at which lines leave and arrive.
//!
//! Everything is placed from the box's own corner; `layout` says where that is.

use super::outline::{Body, Cause, Goal, Link, Outline, Remedy, Route, Step, Topic};
use super::words;
use crate::knowledge::Item;

/// The letters of titles and of what explains them.
pub const SIZE: i32 = 14;
pub const SIZE_SMALL: i32 = 12;
pub const SIZE_TITLE: i32 = 16;
const SIZE_MARK: i32 = 11;

/// From the box's side to its marks, and from there to its words.
const PADDING: i32 = 16;
const MARK: i32 = 26;
pub const DISC: i32 = 9;
/// From a ring's left side to the words that belong to it.
const RING_WIDTH: i32 = 2 * DISC + 5;
const SPACE: i32 = 12;

#[derive(Debug)]
pub struct Panel {
    /// What kind of box it is, for the style sheet.
    pub kind: &'static str,
    /// The number of its colour, if lines lead to it.
    pub hue: Option<usize>,
    pub width: i32,
    pub height: i32,
    /// Height of the coloured head.
    pub head: i32,
    pub rows: Vec<Row>,
    /// Where lines leave, and for what.
    pub exits: Vec<Port>,
    /// Where lines arrive, and for what.
    pub entries: Vec<Port>,
    /// The heights of rules across it.
    pub rules: Vec<i32>,
}

#[derive(Debug, Clone)]
pub struct Port {
    pub item: Item,
    pub y: i32,
    /// Whether it is for those with whom something fails.
    pub failing: bool,
}

/// What belongs together in a box.
#[derive(Debug)]
pub struct Row {
    /// What it is, for the style sheet and for tests.
    pub kind: &'static str,
    pub texts: Vec<Line>,
    pub marks: Vec<Mark>,
}

/// A line of text.
#[derive(Debug)]
pub struct Line {
    pub x: i32,
    /// The height of its base line.
    pub y: i32,
    pub size: i32,
    pub style: Style,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Title,
    Ink,
    Faint,
    /// In the middle of a mark.
    Number,
}

/// Something drawn beside the words, around this point.
#[derive(Debug)]
pub struct Mark {
    pub x: i32,
    pub y: i32,
    pub shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A step's number stands on it.
    Disc,
    /// A cause's number stands in it.
    Ring,
    Tick,
    Cross,
    /// A fork in the road, in the colour of this number.
    Fork(usize),
}

/// Words of a row, one below the other.
struct Words<'w> {
    text: &'w str,
    size: i32,
    style: Style,
}

fn ink(words: &str) -> Words<'_> {
    Words {
        text: words,
        size: SIZE,
        style: Style::Ink,
    }
}

fn faint(words: &str) -> Words<'_> {
    Words {
        text: words,
        size: SIZE_SMALL,
        style: Style::Faint,
    }
}

/// A cause that a remedy fixes, as a ring and a share.
struct Fix {
    number: usize,
    share: String,
    width: i32,
}

impl Fix {
    fn of((number, percent): &(usize, u32)) -> Self {
        let share = format!("{percent} %");
        Self {
            number: *number,
            width: RING_WIDTH + words::width(&share, SIZE_SMALL),
            share,
        }
    }
}

/// The number of an item's colour.
pub type Hues<'h> = &'h dyn Fn(&Item) -> usize;

impl Panel {
    fn new(kind: &'static str, width: i32, title: &str) -> Self {
        let mut panel = Self {
            kind,
            hue: None,
            width,
            height: 10,
            head: 0,
            rows: Vec::new(),
            exits: Vec::new(),
            entries: Vec::new(),
            rules: Vec::new(),
        };
        let title = Words {
            text: title,
            size: SIZE_TITLE,
            style: Style::Title,
        };
        panel.row("title", PADDING, width - 2 * PADDING, &[title]);
        panel.height += 4;
        panel.head = panel.height;
        panel.height += 6;
        panel
    }

    /// Adds a row; returns the height of the middle of its first line.
    fn row(&mut self, kind: &'static str, x: i32, width: i32, words: &[Words]) -> i32 {
        self.height += 4;
        let first = words.first().map_or(SIZE, |words| words.size);
        let middle = self.height + line_height(first) / 2;
        let mut texts = Vec::new();
        for part in words {
            for line in words::wrap(part.text, part.size, width) {
                texts.push(Line {
                    x,
                    y: self.height + base_line(part.size),
                    size: part.size,
                    style: part.style,
                    words: line,
                });
                self.height += line_height(part.size);
            }
        }
        self.rows.push(Row {
            kind,
            texts,
            marks: Vec::new(),
        });
        self.height += 4;
        middle
    }

    /// A row with a mark, and a number on it.
    fn marked(
        &mut self,
        kind: &'static str,
        shape: Shape,
        number: Option<usize>,
        words: &[Words],
    ) -> i32 {
        let x = PADDING + MARK;
        let y = self.row(kind, x, self.width - x - PADDING, words);
        self.mark(PADDING + DISC, y, shape, number);
        y
    }

    fn mark(&mut self, x: i32, y: i32, shape: Shape, number: Option<usize>) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        row.marks.push(Mark { x, y, shape });
        if let Some(number) = number {
            row.texts.push(Line {
                x,
                y: y + SIZE_MARK * 3 / 8,
                size: SIZE_MARK,
                style: Style::Number,
                words: number.to_string(),
            });
        }
    }

    fn rule(&mut self) {
        self.rules.push(self.height + 4);
        self.height += 8;
    }

    fn finished(mut self) -> Self {
        self.height += 8;
        self
    }

    fn exit(&mut self, item: &Item, y: i32, failing: bool) {
        self.exits.push(Port {
            item: item.clone(),
            y,
            failing,
        });
    }

    fn enter(&mut self, item: &Item, y: i32) {
        self.entries.push(Port {
            item: item.clone(),
            y,
            failing: false,
        });
    }

    /// The menu: every offer in its order.
    pub fn menu(outline: &Outline, width: i32) -> Self {
        let mut panel = Self::new("menu", width, &outline.menu_title);
        for (link, number) in outline.menu.iter().zip(1..) {
            let y = panel.marked("offer", Shape::Disc, Some(number), &[ink(&link.title)]);
            panel.exit(&link.to, y, false);
        }
        panel.finished()
    }

    /// A topic, with what is offered after it.
    pub fn topic(topic: &Topic, width: i32) -> Self {
        let mut panel = Self::new("topic", width, &topic.link.title);
        panel.enter(&topic.link.to, panel.head / 2);
        let Some(related) = listed(&topic.related) else {
            panel.height = panel.head;
            return panel;
        };
        panel.height = panel.head - 8;
        panel.row("notes", PADDING, width - 2 * PADDING, &[faint(&related)]);
        panel.finished()
    }

    /// A guide or a problem.
    pub fn goal(goal: &Goal, failed: &str, width: i32, hues: Hues) -> Self {
        let kind = match goal.body {
            Body::Guide { .. } => "guide",
            Body::Problem { .. } => "problem",
        };
        let mut panel = Self::new(kind, width, &goal.link.title);
        panel.hue = Some(hues(&goal.link.to));
        panel.enter(&goal.link.to, panel.head / 2);
        for route in &goal.routes {
            panel.route(route, hues(&route.link.to));
        }
        if !goal.routes.is_empty() {
            panel.rule();
        }
        let mut notes = Vec::new();
        match &goal.body {
            Body::Guide { steps, fails } => panel.guide(steps, fails.as_ref(), failed),
            Body::Problem {
                causes,
                remedies,
                human,
                contact,
            } => {
                panel.problem(causes, remedies);
                if let Some(contact) = contact {
                    notes.push(format!("{human} \u{2192} {}", contact.title));
                }
            }
        }
        notes.extend(listed(&goal.related));
        if !notes.is_empty() {
            panel.rule();
            let notes: Vec<Words> = notes.iter().map(|note| faint(note)).collect();
            panel.row("notes", PADDING, width - 2 * PADDING, &notes);
        }
        panel.finished()
    }

    /// The question, and on the line from which the line on the sheet leaves, its answers with where they lead.
    fn route(&mut self, route: &Route, hue: usize) {
        let room = self.width - 2 * PADDING - MARK;
        let target = format!("\u{2192} {}", route.link.title);
        let whole = format!("{} {target}", route.answers);
        let question = faint(&route.question);
        let words = if words::width(&whole, SIZE) <= room {
            vec![question, ink(&whole)]
        } else {
            vec![question, ink(&route.answers), ink(&target)]
        };
        let lines = words::wrap(&route.question, SIZE_SMALL, room).len();
        let below = i32::try_from(lines).unwrap_or(0) * line_height(SIZE_SMALL);
        let y = self.marked("route", Shape::Fork(hue), None, &words);
        // Topics stand in a list of their own: its title says where a refusal leads.
        if !matches!(route.link.to, Item::Topic(_)) {
            self.exit(&route.link.to, y + below + 2, false);
        }
    }

    fn guide(&mut self, steps: &[Step], fails: Option<&Link>, failed: &str) {
        for (step, number) in steps.iter().zip(1..) {
            let mut words = vec![ink(&step.title)];
            let notes = step.notes();
            if !notes.is_empty() {
                words.push(faint(&notes));
            }
            self.marked("step", Shape::Disc, Some(number), &words);
            if let Some(fails) = &step.fails {
                self.failing(fails, failed);
            }
        }
        if let Some(fails) = fails {
            self.rule();
            self.failing(fails, failed);
        }
    }

    fn failing(&mut self, link: &Link, failed: &str) {
        let words = format!("{failed} \u{2192} {}", link.title);
        let y = self.marked("fails", Shape::Cross, None, &[ink(&words)]);
        self.exit(&link.to, y, true);
    }

    fn problem(&mut self, causes: &[Cause], remedies: &[Remedy]) {
        for (cause, number) in causes.iter().zip(1..) {
            let share = format!("{} %", cause.percent);
            let share_width = words::width(&share, SIZE_SMALL);
            let x = PADDING + MARK;
            let width = self.width - x - PADDING - share_width - SPACE;
            let y = self.row("cause", x, width, &[ink(&cause.title)]);
            self.mark(PADDING + DISC, y, Shape::Ring, Some(number));
            self.share(self.width - PADDING - share_width, y, share);
        }
        self.rule();
        for remedy in remedies {
            let fixes: Vec<Fix> = remedy.fixes.iter().map(Fix::of).collect();
            let y = self.marked("remedy", Shape::Tick, None, &[ink(&remedy.title)]);
            self.fixes(fixes, y, words::width(&remedy.title, SIZE));
        }
    }

    fn share(&mut self, x: i32, y: i32, words: String) {
        if let Some(row) = self.rows.last_mut() {
            row.texts.push(Line {
                x,
                y: y + SIZE_SMALL * 3 / 8,
                size: SIZE_SMALL,
                style: Style::Faint,
                words,
            });
        }
    }

    /// The numbers of the causes that a remedy fixes, and how often it does: beside its title, or below if there is no
    /// room.
    fn fixes(&mut self, fixes: Vec<Fix>, middle: i32, title_width: i32) {
        let left = PADDING + MARK;
        let end = self.width - PADDING;
        let gaps = SPACE * i32::try_from(fixes.len()).unwrap_or(0);
        let total: i32 = fixes.iter().map(|fix| fix.width).sum();
        let beside = left + title_width + gaps + total <= end;
        let (mut x, mut y) = if beside {
            (end + SPACE - gaps - total, middle)
        } else {
            (left, self.height + DISC)
        };
        for fix in fixes {
            if x + fix.width > end && x > left {
                x = left;
                y += 2 * DISC + 4;
            }
            self.mark(x + DISC, y, Shape::Ring, Some(fix.number));
            self.share(x + RING_WIDTH, y, fix.share);
            x += fix.width + SPACE;
        }
        if !beside {
            self.height = y + DISC + 6;
        }
    }

    /// What the marks mean, in the words of the program.
    pub fn legend(width: i32) -> Self {
        let mut panel = Self::new("legend", width, "legend");
        let rows = [
            (Shape::Fork(0), "answers that lead elsewhere"),
            (Shape::Disc, "step; below it, the answers that it is for"),
            (Shape::Cross, "where a step leads that fails"),
            (Shape::Ring, "cause; how probable before anything is known"),
            (
                Shape::Tick,
                "remedy; the causes that it fixes, and how often",
            ),
        ];
        for (shape, words) in rows {
            let number = matches!(shape, Shape::Disc | Shape::Ring).then_some(1);
            panel.marked("key", shape, number, &[faint(words)]);
        }
        panel.finished()
    }
}

/// What is offered beside something, if anything is.
fn listed(related: &[String]) -> Option<String> {
    (!related.is_empty()).then(|| format!("\u{2192} {}", related.join(" \u{b7} ")))
}

fn line_height(size: i32) -> i32 {
    size * 10 / 7
}

/// From the top of a line to its base line.
fn base_line(size: i32) -> i32 {
    line_height(size) / 2 + size * 3 / 8
}
