//! Whether something is denied: 没有异常 and 有异常 look alike and mean opposite things.

use super::clauses::first_clause;
use super::{normalise, skeleton};

/// Characters that deny.
const DENYING: [char; 6] = ['不', '没', '无', '未', '非', '别'];

/// How often a skeleton denies something.
#[must_use]
pub fn denials(skeleton: &str) -> usize {
    let characters = skeleton
        .chars()
        .filter(|character| DENYING.contains(character))
        .count();
    characters + skeleton.matches("not").count()
}

/// Whether what comes next is denied by what stands right before it.
#[must_use]
pub fn ends_denying(before: &str) -> bool {
    let not = ["not ", "n't ", "never "];
    before.ends_with(DENYING)
        || before.ends_with("没有")
        || not.iter().any(|not| before.ends_with(not))
}

/// Ends of what stands before something that was not shown or said.
const NOT_SHOWN: [&str; 16] = [
    "没提示",
    "没有提示",
    "不提示",
    "不再提示",
    "没再提示",
    "没显示",
    "没有显示",
    "不显示",
    "没说",
    "没有说",
    "没弹出",
    "没有弹出",
    "没出现",
    "没有出现",
    "doesntsay",
    "doesnotsay",
];

/// Whether a skeleton ends with the words by which people say that what follows is not what they see.
#[must_use]
pub fn denies_next(skeleton: &str) -> bool {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| skeleton.ends_with(end));
    let asks = ends_with(&["是不是", "是不是提示", "是不是说"]);
    let is_other = ends_with(&["不是", "不是提示", "不是说"]);
    ends_with(&NOT_SHOWN) || (is_other && !asks)
}

/// Clauses by which people say that what was taken to be so is not: what comes after them says what is.
const CORRECTING: [&str; 60] = [
    "不",
    "不不",
    "不不不",
    "不是",
    "不是的",
    "不是啊",
    "不是呀",
    "不是不是",
    "不是这样",
    "不是这样的",
    "不是这个意思",
    "我不是这个意思",
    "我不是这意思",
    "不对",
    "不对的",
    "不对啊",
    "不对呀",
    "不对吧",
    "不对不对",
    "没",
    "没啊",
    "没有",
    "没有啊",
    "没有的",
    "没有没有",
    "没有的事",
    "错了",
    "说错了",
    "我说错了",
    "刚才说错了",
    "我刚才说错了",
    "刚说错了",
    "刚刚说错了",
    "打错了",
    "我打错了",
    "刚打错了",
    "刚刚打错了",
    "刚才打错了",
    "点错了",
    "刚才点错了",
    "看错了",
    "我看错了",
    "记错了",
    "我记错了",
    "搞错了",
    "弄错了",
    "你搞错了",
    "你弄错了",
    "你理解错了",
    "no",
    "nono",
    "nope",
    "not",
    "notso",
    "nottrue",
    "wrong",
    "thatswrong",
    "thatsnotright",
    "thatsnottrue",
    "thatisnottrue",
];

/// What people say first to make themselves heard; by itself it asks for patience.
const WAITING: [&str; 10] = [
    "等等",
    "等一下",
    "等下",
    "慢着",
    "哦",
    "啊",
    "wait",
    "oh",
    "ohwait",
    "sorry",
];

/// Those of them that deny what follows where no more than a space is between.
const NEEDING_PAUSE: [&str; 4] = ["不", "没", "没有", "not"];

/// What begins like one and is none.
const ODD: &str = "不对劲";

/// Beginnings that do the same without a pause.
const CORRECTING_AT_ONCE: [&str; 15] = [
    "不对",
    "不是的",
    "不是不是",
    "没有没有",
    "不不",
    "错了",
    "说错了",
    "我说错了",
    "刚才说错了",
    "搞错了",
    "弄错了",
    "noi",
    "nomy",
    "noits",
    "nopei",
];

/// A message without bare denials at its beginning: they are about what was said before, and no part of what follows.
#[must_use]
pub fn without_denials(text: &str) -> &str {
    let mut rest = text;
    loop {
        let begun = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
        let (clause, after) = first_clause(begun);
        let said = skeleton(&normalise(clause));
        let goes_on = after.contains(char::is_alphanumeric);
        // A short word and a mere space may belong to what follows: 没有 解绑按钮.
        let pauses = !NEEDING_PAUSE.contains(&said.as_str())
            || after
                .trim_start()
                .starts_with(|next: char| !next.is_alphanumeric());
        if goes_on && pauses && CORRECTING.contains(&said.as_str()) {
            rest = after;
            continue;
        }
        if goes_on && WAITING.contains(&said.as_str()) {
            let behind = without_denials(after);
            return if behind == after { rest } else { behind };
        }
        let mut beginnings = CORRECTING_AT_ONCE
            .iter()
            .filter(|beginning| said.starts_with(**beginning) && !said.starts_with(ODD));
        let denied = beginnings.find_map(|beginning| behind(begun, beginning));
        match denied {
            Some(behind) if behind.contains(char::is_alphanumeric) => rest = behind,
            _ => return rest,
        }
    }
}

/// What comes behind a denial at the beginning of a text, however it is spelt.
fn behind<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    if beginning.is_ascii() {
        let (first, behind) = text.split_once(' ')?;
        return beginning
            .starts_with(&first.to_ascii_lowercase())
            .then_some(behind);
    }
    let length = beginning.chars().count();
    let places = text.char_indices().map(|(place, _)| place).skip(1);
    // A beginning is a skeleton: in the text, there may be a few spaces and signs more.
    places.take(2 * length).find_map(|place| {
        let (before, behind) = text.split_at_checked(place)?;
        (skeleton(&normalise(before)) == beginning).then_some(behind)
    })
}

/// Whether somebody begins by denying what was taken to be so, and then goes on. Clauses are skeletons.
#[must_use]
pub fn corrects(clauses: &[String]) -> bool {
    let Some((first, rest)) = clauses.split_first() else {
        return false;
    };
    if WAITING.contains(&first.as_str()) {
        return corrects(rest);
    }
    let at_once = |beginning: &&str| first.len() > beginning.len() && first.starts_with(*beginning);
    let is_odd = first.starts_with(ODD);
    (!rest.is_empty() && CORRECTING.contains(&first.as_str()))
        || (!is_odd && CORRECTING_AT_ONCE.iter().any(at_once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown() {
        for (before, expected) in [
            ("现在没有提示", true),
            ("不是", true),
            ("是不是", false),
            ("它提示", false),
            ("登录不了", false),
            ("", false),
        ] {
            assert_eq!(denies_next(before), expected, "{before}");
        }
    }

    #[test]
    fn who_corrects_denies_and_goes_on() {
        for (said, expected) in [
            (&["不是的", "我还能登"][..], true),
            (&["没有", "手机还在用"], true),
            (&["不对手机还在用"], true),
            (&["no", "icanlogin"], true),
            (&["等等", "说错了", "卡补回来了"], true),
            (&["等等", "我找找手机"], false),
            (&["等等", "说错了"], false),
            (&["不是"], false),
            (&["没有收到验证码"], false),
            (&["不对劲"], false),
            (&["手机停机了", "不对"], false),
            (&[], false),
        ] {
            let clauses: Vec<String> = said.iter().map(|clause| (*clause).to_owned()).collect();
            assert_eq!(corrects(&clauses), expected, "{said:?}");
        }
    }

    #[test]
    fn what_is_said_behind_a_denial() {
        for (said, expected) in [
            ("不是 我意思是号没被盗", "我意思是号没被盗"),
            ("不對手機還在用", "手機還在用"),
            ("没有没有，号码停机了", "号码停机了"),
            ("不，不是的 我没丢卡", "我没丢卡"),
            ("No, I can log in", "I can log in"),
            ("等等 说错了 卡补回来了", "卡补回来了"),
            ("oh wait, no, I can log in", "I can log in"),
            ("等等，我找找手机", "等等，我找找手机"),
            ("没有 解绑按钮", "没有 解绑按钮"),
            ("不是停机", "不是停机"),
            ("不对劲，登不上", "不对劲，登不上"),
            ("不是", "不是"),
            ("", ""),
        ] {
            let rest = without_denials(said);
            assert_eq!(
                rest.trim_start_matches([' ', '，', ',']),
                expected,
                "{said}"
            );
        }
    }

    #[test]
    fn opposites_differ() {
        for (first, second) in [
            ("有异常", "没有异常"),
            ("能登录", "不能登录"),
            ("icanlogin", "icannotlogin"),
        ] {
            assert_ne!(denials(first), denials(second));
        }
        assert_eq!(denials("还能登"), denials("还能登录"));
    }
}
