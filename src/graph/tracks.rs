//! The space between two columns of boxes: all lines to one box share a track, and tracks are ordered so that few cross.

use crate::knowledge::Item;
use std::collections::{BTreeMap, BTreeSet};

/// From one track to the next.
const PITCH: i32 = 13;

/// From a column to the nearest track.
const MARGIN: i32 = 26;

/// How far apart lines are that would lie on each other.
const NUDGE: i32 = 5;

/// The space right of a column.
#[derive(Debug, Default)]
pub struct Gutter {
    trunks: BTreeMap<Item, Trunk>,
    /// Heights that are taken.
    taken: BTreeSet<i32>,
}

/// The lines to one box.
#[derive(Debug, Default)]
struct Trunk {
    /// The heights at which it is joined to the column on its left, and to the one on its right.
    left: Vec<i32>,
    right: Vec<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl Gutter {
    /// A height near this one at which no other line lies, not even from the other side.
    pub fn free(&mut self, wanted: i32) -> i32 {
        let near =
            |taken: &BTreeSet<i32>, y: i32| taken.range(y - NUDGE + 1..y + NUDGE).count() > 0;
        let y = (0..)
            .flat_map(|step| [wanted + step, wanted - step])
            .take(40)
            .find(|y| !near(&self.taken, *y))
            .unwrap_or(wanted);
        self.taken.insert(y);
        y
    }

    /// A line to this item joins a column here.
    pub fn join(&mut self, item: &Item, side: Side, y: i32) {
        let trunk = self.trunks.entry(item.clone()).or_default();
        match side {
            Side::Left => trunk.left.push(y),
            Side::Right => trunk.right.push(y),
        }
    }

    pub fn width(&self) -> i32 {
        let tracks = i32::try_from(self.trunks.len()).unwrap_or(0);
        2 * MARGIN + PITCH * (tracks - 1).max(0)
    }

    /// Where the track of each item is, from the gutter's left side.
    pub fn tracks(&self) -> BTreeMap<&Item, i32> {
        let mut order: Vec<(&Item, &Trunk)> = self.trunks.iter().collect();
        let mut best = crossings(&order);
        // Neighbours change places as long as that helps; more rounds than tracks never do.
        for _ in 0..order.len() {
            let before = best;
            for at in 1..order.len() {
                for other in 0..at {
                    order.swap(other, at);
                    let count = crossings(&order);
                    if count < best {
                        best = count;
                    } else {
                        order.swap(other, at);
                    }
                }
            }
            if best == before {
                break;
            }
        }
        (0..)
            .map(|number| MARGIN + PITCH * number)
            .zip(order)
            .map(|(x, (item, _))| (item, x))
            .collect()
    }
}

/// How often a line to a track crosses another track.
fn crossings(order: &[(&Item, &Trunk)]) -> usize {
    let mut count = 0;
    for (at, (_, trunk)) in order.iter().enumerate() {
        for (other, (_, crossed)) in order.iter().enumerate() {
            let ends = match other.cmp(&at) {
                std::cmp::Ordering::Less => &trunk.left,
                std::cmp::Ordering::Greater => &trunk.right,
                std::cmp::Ordering::Equal => continue,
            };
            count += ends.iter().filter(|y| crossed.spans(**y)).count();
        }
    }
    count
}

impl Trunk {
    fn spans(&self, y: i32) -> bool {
        let ends = || self.left.iter().chain(&self.right);
        ends().any(|end| *end < y) && ends().any(|end| *end > y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let [near, far] = ["near", "far"].map(|id| Item::Guide(id.to_owned()));
        let mut gutter = Gutter::default();
        // Both go down; the first to leave arrives first, so its track is the right one.
        gutter.join(&near, Side::Left, 10);
        gutter.join(&near, Side::Right, 50);
        gutter.join(&far, Side::Left, 20);
        gutter.join(&far, Side::Right, 90);
        let tracks = gutter.tracks();
        assert!(tracks[&near] > tracks[&far]);
    }

    #[test]
    fn no_two_lines_lie_on_each_other() {
        let mut gutter = Gutter::default();
        let heights = [100, 100, 102, 98].map(|y| gutter.free(y));
        for (at, y) in heights.iter().enumerate() {
            for other in &heights[..at] {
                assert!((y - other).abs() >= NUDGE, "{heights:?}");
            }
        }
    }
}
