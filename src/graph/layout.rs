//! Where the boxes stand and the lines run.
//!
//! Three columns, each for one kind: the menu over the topics, the guides, the problems. Lines run in the space between
//! columns and never behind a box: from the menu to a problem over the top of the guides, all others beside them.

use super::outline::{Goal, Outline};
use super::panel::{Panel, Port};
use super::tracks::{Gutter, Side};
use crate::knowledge::Item;
use std::collections::BTreeMap;

const MARGIN: i32 = 28;
const GAP: i32 = 30;
const GAP_TOPICS: i32 = 10;
const WIDTH_MENU: i32 = 290;
const WIDTH_GOAL: i32 = 440;
/// From one line over the guides to the next.
const LANE: i32 = 12;

/// The whole picture, placed.
#[derive(Debug)]
pub struct Sheet {
    pub width: i32,
    pub height: i32,
    pub panels: Vec<Placed>,
    pub wires: Vec<Wire>,
}

#[derive(Debug)]
pub struct Placed {
    pub x: i32,
    pub y: i32,
    pub panel: Panel,
}

/// A line from a row to a box; it arrives at its last point.
#[derive(Debug)]
pub struct Wire {
    pub hue: Option<usize>,
    pub failing: bool,
    pub points: Vec<(i32, i32)>,
}

/// A column of boxes, and how far down it reaches.
struct Column {
    panels: Vec<Placed>,
    bottom: i32,
}

impl Column {
    fn stack(panels: impl Iterator<Item = (Panel, i32)>, x: i32, top: i32) -> Self {
        let mut bottom = top;
        let panels = panels
            .map(|(panel, gap)| {
                let y = bottom;
                bottom += panel.height + gap;
                Placed { x, y, panel }
            })
            .collect();
        Self { panels, bottom }
    }

    fn shift(&mut self, x: i32) {
        for placed in &mut self.panels {
            placed.x = x;
        }
    }

    /// The ports of one kind, at their height on the sheet.
    fn ports(&self, kind: fn(&Panel) -> &Vec<Port>) -> impl Iterator<Item = Port> + use<'_> {
        self.panels.iter().flat_map(move |placed| {
            kind(&placed.panel).iter().map(|port| Port {
                y: placed.y + port.y,
                ..port.clone()
            })
        })
    }
}

fn exits(panel: &Panel) -> &Vec<Port> {
    &panel.exits
}

fn entries(panel: &Panel) -> &Vec<Port> {
    &panel.entries
}

/// The ends of the lines in one gutter, none on another.
struct Ends {
    gutter: Gutter,
    exits: Vec<(Port, Side)>,
    entries: BTreeMap<Item, (i32, Side)>,
}

impl Ends {
    fn new() -> Self {
        Self {
            gutter: Gutter::default(),
            exits: Vec::new(),
            entries: BTreeMap::new(),
        }
    }

    fn exits(&mut self, ports: impl Iterator<Item = Port>, side: Side) {
        for port in ports {
            let y = self.gutter.free(port.y);
            self.gutter.join(&port.item, side, y);
            self.exits.push((Port { y, ..port }, side));
        }
    }

    /// Only what lines lead to gets an entry.
    fn entries(&mut self, ports: impl Iterator<Item = Port>, side: Side, wanted: &[&Item]) {
        for port in ports {
            if wanted.contains(&&port.item) {
                let y = self.gutter.free(port.y);
                self.gutter.join(&port.item, side, y);
                self.entries.insert(port.item, (y, side));
            }
        }
    }
}

#[must_use]
pub fn place(outline: &Outline) -> Sheet {
    let hues = |item: &Item| {
        outline
            .goals
            .iter()
            .position(|goal| goal.link.to == *item)
            .unwrap_or(0)
    };
    let over: Vec<&Item> = outline
        .menu
        .iter()
        .map(|link| &link.to)
        .filter(|item| matches!(item, Item::Problem(_)))
        .collect();
    let lanes = LANE * i32::try_from(over.len()).unwrap_or(0);
    let top = MARGIN + lanes + if lanes > 0 { 6 } else { 0 };
    let goal = |goal: &Goal| (Panel::goal(goal, &outline.failed, WIDTH_GOAL, &hues), GAP);
    let first = Column::stack(first_column(outline).into_iter(), MARGIN, top);
    let mut guides = Column::stack(outline.guides().map(goal), 0, top);
    let mut problems = Column::stack(outline.problems().map(goal), 0, top);

    let (left, right) = ends(outline, &first, &guides, &problems, &over);
    let guides_x = MARGIN + WIDTH_MENU + left.gutter.width();
    let problems_x = guides_x + WIDTH_GOAL + right.gutter.width();
    guides.shift(guides_x);
    problems.shift(problems_x);

    let edges = Edges {
        menu: MARGIN + WIDTH_MENU,
        guides: guides_x,
        guides_end: guides_x + WIDTH_GOAL,
        problems: problems_x,
    };
    let hue = |item: &Item| item.is_goal().then(|| hues(item));
    let wires = wires(&left, &right, &edges, &over, &hue);
    let bottom = first.bottom.max(guides.bottom).max(problems.bottom);
    Sheet {
        width: problems_x + WIDTH_GOAL + MARGIN,
        height: bottom - GAP + MARGIN,
        panels: [first, guides, problems]
            .into_iter()
            .flat_map(|column| column.panels)
            .collect(),
        wires,
    }
}

fn first_column(outline: &Outline) -> Vec<(Panel, i32)> {
    let mut panels = vec![(Panel::menu(outline, WIDTH_MENU), GAP)];
    let topics = outline
        .topics
        .iter()
        .map(|topic| (Panel::topic(topic, WIDTH_MENU), GAP_TOPICS));
    panels.extend(topics);
    panels.push((Panel::legend(WIDTH_MENU), GAP));
    panels
}

/// The height of the line over the guides to the problem of this number in the menu.
fn lane(number: usize) -> i32 {
    MARGIN / 2 + LANE * i32::try_from(number).unwrap_or(0)
}

/// The ends of all lines: those beside the menu, and those between guides and problems.
fn ends(
    outline: &Outline,
    first: &Column,
    guides: &Column,
    problems: &Column,
    over: &[&Item],
) -> (Ends, Ends) {
    let offered: Vec<&Item> = outline.menu.iter().map(|link| &link.to).collect();
    let mut left = Ends::new();
    left.exits(first.ports(exits), Side::Left);
    left.entries(first.ports(entries), Side::Left, &offered);
    left.entries(guides.ports(entries), Side::Right, &offered);

    let leading: Vec<Item> = guides
        .ports(exits)
        .chain(problems.ports(exits))
        .map(|port| port.item)
        .collect();
    let wanted: Vec<&Item> = leading.iter().chain(over.iter().copied()).collect();
    let mut right = Ends::new();
    right.entries(guides.ports(entries), Side::Left, &wanted);
    right.entries(problems.ports(entries), Side::Right, &wanted);
    right.exits(guides.ports(exits), Side::Left);
    right.exits(problems.ports(exits), Side::Right);
    for (number, item) in over.iter().enumerate() {
        left.gutter.join(item, Side::Right, lane(number));
        right.gutter.join(item, Side::Left, lane(number));
    }
    (left, right)
}

/// Where columns begin and end.
struct Edges {
    menu: i32,
    guides: i32,
    guides_end: i32,
    problems: i32,
}

fn wires(
    left: &Ends,
    right: &Ends,
    edges: &Edges,
    over: &[&Item],
    hue: &dyn Fn(&Item) -> Option<usize>,
) -> Vec<Wire> {
    let left_tracks = left.gutter.tracks();
    let right_tracks = right.gutter.tracks();
    let left_track = |item: &Item| edges.menu + left_tracks.get(item).copied().unwrap_or(0);
    let right_track = |item: &Item| edges.guides_end + right_tracks.get(item).copied().unwrap_or(0);
    let arrival = |item: &Item| {
        let (y, side) = right.entries.get(item)?;
        let x = match side {
            Side::Left => edges.guides_end,
            Side::Right => edges.problems,
        };
        Some(vec![(right_track(item), *y), (x, *y)])
    };
    let mut wires = Vec::new();
    let mut wire = |port: &Port, points: Vec<(i32, i32)>| {
        wires.push(Wire {
            hue: hue(&port.item),
            failing: port.failing,
            points,
        });
    };
    for (port, _) in &left.exits {
        let track = left_track(&port.item);
        let mut points = vec![(edges.menu, port.y), (track, port.y)];
        if let Some((y, side)) = left.entries.get(&port.item) {
            let x = match side {
                Side::Left => edges.menu,
                Side::Right => edges.guides,
            };
            points.extend([(track, *y), (x, *y)]);
        } else if let Some(number) = over.iter().position(|item| **item == port.item) {
            let y = lane(number);
            points.extend([(track, y), (right_track(&port.item), y)]);
            points.extend(arrival(&port.item).unwrap_or_default());
        }
        wire(port, points);
    }
    for (port, side) in &right.exits {
        let x = match side {
            Side::Left => edges.guides_end,
            Side::Right => edges.problems,
        };
        let mut points = vec![(x, port.y), (right_track(&port.item), port.y)];
        points.extend(arrival(&port.item).unwrap_or_default());
        wire(port, points);
    }
    wires
}
