//! Numbers that a sentence names as the code of a message: "错误码237", "error 40", "(219)".
//!
//! Most numbers are none: ages, amounts, seconds, places in a list. So a number counts only behind or before a word for
//! codes, or alone in parentheses, and never where a unit follows it.

use regex::Regex;
use std::sync::LazyLock;

/// Where a code may stand. The first group of each is the number.
static PLACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?:^|[^第])[(\[【]\s*([0-9]{2,6})\s*[)\]】]",
        r"(?:错误|异常|报错|出错|失败|状态|返回|提示|显示|弹出|出现)(?:代码|编码|代号|编号|码|号| ?code)?(?:是|为|了)?[ :=#“”(\[【]*([0-9]{2,6})",
        r"(?:代码|\b(?:error|err|ret|status|code|errcode|retcode|errorcode))(?:是|为| is| no)?[ :=#“”(\[【]*([0-9]{2,6})",
        r"(?:^|[^0-9.])([0-9]{2,6})号?(?:错误|报错|异常)",
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// What makes a number behind a word for codes an amount after all.
const UNITS: &str =
    "岁个天次分小秒年月日号位条元块人台张页点步级多万千百度名部种遍周星斤米楼层折后以%";
const ENGLISH_UNITS: [&str; 6] = ["times", "sec", "min", "hour", "day", "year"];

/// The codes that a normalised sentence names, as they are written there.
#[must_use]
pub fn codes(normalised: &str) -> Vec<&str> {
    if !normalised.contains(|character: char| character.is_ascii_digit()) {
        return Vec::new();
    }
    PLACES
        .iter()
        .flat_map(|place| place.captures_iter(normalised))
        .filter_map(|hit| hit.get(1))
        .filter(|number| {
            let rest = normalised.get(number.end()..).unwrap_or_default();
            ends_there(rest) && !is_amount(rest)
        })
        .map(|number| number.as_str())
        .collect()
}

/// Whether a number is over where this follows it.
fn ends_there(rest: &str) -> bool {
    let mut rest = rest.chars();
    match (rest.next(), rest.next()) {
        (Some('.'), Some(next)) => !next.is_ascii_digit(),
        (Some(next), _) => !next.is_ascii_alphanumeric(),
        (None, _) => true,
    }
}

fn is_amount(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with(|next| UNITS.contains(next))
        && !["号错误", "号报错"]
            .iter()
            .any(|word| rest.starts_with(word))
        || ENGLISH_UNITS.iter().any(|unit| rest.starts_with(unit))
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn codes_are_named_as_such() {
        for (sentence, expected) in [
            ("手机号未绑定qq(219)", &["219"][..]),
            ("错误码237", &["237"]),
            ("登录失败,错误代码:40。", &["40"]),
            ("code 162", &["162"]),
            ("error code: 237", &["237"]),
            ("提示45", &["45"]),
            ("237错误", &["237"]),
            ("【238】", &["238"]),
            ("我今年40岁", &[]),
            ("第40个", &[]),
            ("第(40)条", &[]),
            ("(40岁)", &[]),
            ("密码错误45次", &[]),
            ("error 40 times", &[]),
            ("提示40秒后重试", &[]),
            ("code 40.5", &[]),
            ("验证码163", &[]),
            ("40", &[]),
            ("没有数字", &[]),
        ] {
            let found: Vec<&str> = codes(sentence);
            let first = found.first().copied();
            assert_eq!(first, expected.first().copied(), "{sentence}");
        }
    }
}
