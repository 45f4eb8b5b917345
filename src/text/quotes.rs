//! What stands between quotes, told apart from what stands outside: words on somebody's screen are not one's own.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Outside(&'t str),
    /// With the marks before and behind it.
    Inside(&'static str, &'t str, &'static str),
}

/// Opening and closing mark.
pub(super) type Marks = (&'static str, &'static str);

/// Cuts a text at these marks. One that is not closed is text like any other, and so are marks between others.
pub(super) fn pieces<'t>(text: &'t str, marks: &[Marks]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let first = |rest: &str| {
        let found = marks
            .iter()
            .filter_map(|marks| Some((rest.find(marks.0)?, *marks)));
        found.min_by_key(|(place, _)| *place)
    };
    while let Some((place, (open, close))) = first(rest) {
        let (before, opened) = rest.split_at(place);
        pieces.push(Piece::Outside(before));
        let after = opened.strip_prefix(open).unwrap_or_default();
        if let Some((inside, behind)) = after.split_once(close) {
            pieces.push(Piece::Inside(open, inside, close));
            rest = behind;
        } else {
            pieces.push(Piece::Outside(open));
            rest = after;
        }
    }
    pieces.push(Piece::Outside(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_cut_out() {
        let marks = [("「", "」"), ("](", ")")];
        assert_eq!(
            pieces("点「设置」，[甲](乙)丙「丁", &marks),
            [
                Piece::Outside("点"),
                Piece::Inside("「", "设置", "」"),
                Piece::Outside("，[甲"),
                Piece::Inside("](", "乙", ")"),
                Piece::Outside("丙"),
                Piece::Outside("「"),
                Piece::Outside("丁"),
            ]
        );
    }
}
