//! Numbers by which people pick from a list.

/// The place that a normalised reply names: "2", "2.", "第二个", "选2", "the second". From 1.
#[must_use]
pub fn ordinal(normalised: &str) -> Option<usize> {
    let mut rest = normalised.trim_matches(|character: char| !character.is_alphanumeric());
    for before in [
        "我选", "选择", "选", "第", "no ", "number ", "option ", "the ",
    ] {
        rest = rest.strip_prefix(before).unwrap_or(rest);
    }
    for after in ["吧", "选项", "个", "项", "条", "号", " one"] {
        rest = rest.strip_suffix(after).unwrap_or(rest);
    }
    let place = match rest {
        "一" | "first" | "one" => 1,
        "二" | "两" | "second" | "two" => 2,
        "三" | "third" | "three" => 3,
        "四" | "fourth" | "four" => 4,
        "五" | "fifth" | "five" => 5,
        "六" | "sixth" | "six" => 6,
        "七" | "seventh" | "seven" => 7,
        "八" | "eighth" | "eight" => 8,
        "九" | "ninth" | "nine" => 9,
        "十" | "tenth" | "ten" => 10,
        digits if digits.len() <= 2 => digits.parse().ok()?,
        _ => return None,
    };
    (place > 0).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        for (reply, place) in [
            ("2", Some(2)),
            ("2.", Some(2)),
            ("(3)", Some(3)),
            ("第二个", Some(2)),
            ("选三吧", Some(3)),
            ("the second one", Some(2)),
            ("10", Some(10)),
            ("0", None),
            ("123", None),
            ("13800138000", None),
            ("二手手机", None),
            ("", None),
        ] {
            assert_eq!(ordinal(reply), place, "{reply:?}");
        }
    }
}
