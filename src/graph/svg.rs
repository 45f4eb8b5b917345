//! The picture as SVG: one file that a browser shows, with the fonts that are there, on light and on dark ground.
//!
//! Every number is whole and everything is in order, so that the same pack gives the same bytes.

use super::layout::{Placed, Sheet, Wire, place};
use super::outline::Outline;
use super::panel::{DISC, Line, Mark, Shape, Style};
use std::fmt::Write;

/// Colours that can be told apart from each other, and from light and dark ground.
const HUES: [&str; 10] = [
    "#2f7fd1", "#d1533f", "#2e9a63", "#a866c9", "#c07f14", "#1f95a5", "#d1568f", "#74872a",
    "#6b72d6", "#a4704a",
];

/// The colour of lines to topics.
const GREY: &str = "#8a929c";

const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif;fill:#1f2328}
.page{fill:#f4f5f7}
.card{fill:#ffffff;stroke:#c9ced6}
.title{font-weight:600}
.faint{fill:#636c76}
.number{text-anchor:middle;font-weight:600}
.on{fill:#ffffff}
.rule{stroke:#dfe3e8}
.wire{fill:none;stroke-width:2}
.dashed{stroke-dasharray:6 4}
@media (prefers-color-scheme:dark){
text{fill:#e6e9ed}
.page{fill:#14171b}
.card{fill:#1e2329;stroke:#3d444d}
.faint{fill:#9aa4af}
.on{fill:#ffffff}
.rule{stroke:#343b44}
}
";

/// How round corners are.
const ROUND: i32 = 7;

#[must_use]
pub fn write(outline: &Outline) -> String {
    let sheet = place(outline);
    let mut svg = String::new();
    // Writing into a `String` cannot fail.
    let _ = document(&mut svg, outline, &sheet);
    svg
}

fn document(svg: &mut String, outline: &Outline, sheet: &Sheet) -> std::fmt::Result {
    let (width, height) = (sheet.width, sheet.height);
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">",
        outline.language.id()
    )?;
    writeln!(svg, "<title>{}</title>", escaped(&outline.name))?;
    writeln!(svg, "<style>{STYLE}</style>")?;
    writeln!(
        svg,
        "<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>"
    )?;
    for placed in &sheet.panels {
        panel(svg, placed)?;
    }
    for wire in &sheet.wires {
        line(svg, wire)?;
    }
    writeln!(svg, "</svg>")
}

fn colour(hue: Option<usize>) -> &'static str {
    hue.and_then(|hue| HUES.get(hue % HUES.len()))
        .unwrap_or(&GREY)
}

fn panel(svg: &mut String, placed: &Placed) -> std::fmt::Result {
    let Placed { x, y, panel } = placed;
    let (width, height, head) = (panel.width, panel.height, panel.head);
    let hue = colour(panel.hue);
    writeln!(
        svg,
        "<g class=\"{}\" transform=\"translate({x} {y})\">",
        panel.kind
    )?;
    writeln!(
        svg,
        "<rect class=\"card\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    )?;
    if panel.hue.is_some() {
        let below = width - 8;
        writeln!(
            svg,
            "<path d=\"M0 {head}V8Q0 0 8 0H{below}Q{width} 0 {width} 8V{head}Z\" fill=\"{hue}\" fill-opacity=\"0.18\"/>"
        )?;
        writeln!(
            svg,
            "<path d=\"M0 {head}H{width}\" stroke=\"{hue}\" stroke-width=\"2\"/>"
        )?;
    }
    for rule in &panel.rules {
        let end = width - 16;
        writeln!(svg, "<path class=\"rule\" d=\"M16 {rule}H{end}\"/>")?;
    }
    for row in &panel.rows {
        writeln!(svg, "<g class=\"row {}\">", row.kind)?;
        for each in &row.marks {
            mark(svg, each, hue)?;
        }
        for each in &row.texts {
            text(
                svg,
                each,
                row.marks.iter().any(|mark| mark.shape == Shape::Disc),
            )?;
        }
        writeln!(svg, "</g>")?;
    }
    writeln!(svg, "</g>")
}

fn text(svg: &mut String, line: &Line, on_disc: bool) -> std::fmt::Result {
    let Line { x, y, size, .. } = line;
    let class = match line.style {
        Style::Title => " class=\"title\"",
        Style::Ink => "",
        Style::Faint => " class=\"faint\"",
        Style::Number if on_disc => " class=\"number on\"",
        Style::Number => " class=\"number\"",
    };
    writeln!(
        svg,
        "<text{class} x=\"{x}\" y=\"{y}\" font-size=\"{size}\">{}</text>",
        escaped(&line.words)
    )
}

fn mark(svg: &mut String, mark: &Mark, hue: &str) -> std::fmt::Result {
    let Mark { x, y, shape } = mark;
    match shape {
        Shape::Disc => writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{DISC}\" fill=\"{hue}\"/>"
        ),
        Shape::Ring => writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{DISC}\" fill=\"none\" stroke=\"{hue}\" stroke-width=\"2\"/>"
        ),
        Shape::Tick => writeln!(
            svg,
            "<path transform=\"translate({x} {y})\" d=\"M-6 0L-2 5L6 -5\" fill=\"none\" stroke=\"#2e9a63\" stroke-width=\"3\"/>"
        ),
        Shape::Cross => writeln!(
            svg,
            "<path transform=\"translate({x} {y})\" d=\"M-5 -5L5 5M-5 5L5 -5\" fill=\"none\" stroke=\"#d1533f\" stroke-width=\"3\"/>"
        ),
        Shape::Fork(to) => writeln!(
            svg,
            "<path transform=\"translate({x} {y})\" d=\"M0 -7L7 0L0 7L-7 0Z\" fill=\"{}\"/>",
            colour(Some(*to))
        ),
    }
}

/// A line with round corners, and its arrow.
fn line(svg: &mut String, wire: &Wire) -> std::fmt::Result {
    let hue = colour(wire.hue);
    let class = if wire.failing { "wire dashed" } else { "wire" };
    writeln!(
        svg,
        "<path class=\"{class}\" stroke=\"{hue}\" d=\"{}\"/>",
        rounded(&wire.points)
    )?;
    let mut back = wire.points.iter().rev();
    if let (Some((x, y)), Some((from, _))) = (back.next(), back.next()) {
        let tail = x - 9 * (x - from).signum();
        let (above, below) = (y - 5, y + 5);
        writeln!(
            svg,
            "<path fill=\"{hue}\" d=\"M{x} {y}L{tail} {above}V{below}Z\"/>"
        )?;
    }
    Ok(())
}

/// The path through these points, which lie level with or straight above each other.
fn rounded(points: &[(i32, i32)]) -> String {
    let mut path = String::new();
    if let Some((x, y)) = points.first() {
        let _ = write!(path, "M{x} {y}");
    }
    for ((before, corner), after) in points
        .iter()
        .zip(points.iter().skip(1))
        .zip(points.iter().skip(2))
    {
        let near = |end: &(i32, i32)| {
            let (x, y) = (end.0 - corner.0, end.1 - corner.1);
            let round = ROUND.min(x.abs() / 2).max(ROUND.min(y.abs() / 2));
            (corner.0 + round * x.signum(), corner.1 + round * y.signum())
        };
        let ((x1, y1), (x2, y2)) = (near(before), near(after));
        let (x, y) = corner;
        let _ = write!(path, "L{x1} {y1}Q{x} {y} {x2} {y2}");
    }
    if let Some((x, y)) = points.last() {
        let _ = write!(path, "L{x} {y}");
    }
    path
}

/// The text as XML takes it: the five marks that mean something, and no character that may not stand there at all.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}
