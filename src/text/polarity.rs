//! Whether something is denied: 没有异常 and 有异常 look alike and mean opposite things.

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

#[cfg(test)]
mod tests {
    use super::*;

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
