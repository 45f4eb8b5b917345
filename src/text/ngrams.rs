//! Sentences as sets of hashed character n-grams: what the classifier learns from.

use std::collections::BTreeSet;

/// Longest n-gram, in characters.
const LENGTH_MAX: usize = 4;

/// FNV-1a, 64 bits: small, fast, and the same on every machine and in every release, which std's hasher is not.
/// See Fowler, Noll, Vo: "The FNV Non-Cryptographic Hash Algorithm".
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The bucket of an n-gram, below `buckets`.
#[must_use]
pub fn bucket(ngram: &[u8], buckets: u32) -> u32 {
    let folded = hash(ngram);
    u32::try_from((folded ^ (folded >> 32)) % u64::from(buckets.max(1))).unwrap_or(0)
}

/// The hashed n-grams (1 to 4 characters, with the ends of the text marked) of a normalised text, each once, as
/// numbers below `buckets`, sorted.
#[must_use]
pub fn features(normalised: &str, buckets: u32) -> Vec<u32> {
    features_up_to(LENGTH_MAX, normalised, buckets)
}

/// The same of n-grams up to a length, in characters.
#[must_use]
pub fn features_up_to(length_max: usize, normalised: &str, buckets: u32) -> Vec<u32> {
    let characters = characters(normalised);
    let mut found = Vec::with_capacity(characters.len() * length_max);
    let mut bytes = Vec::with_capacity(4 * length_max);
    for window in windows(length_max, &characters) {
        bytes.clear();
        let mut buffer = [0; 4];
        for character in window {
            bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        found.push(bucket(&bytes, buckets));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The n-grams that [`features`] hashes, each once: for people to read. `^` and `$` are the ends of the text.
#[must_use]
pub fn ngrams(normalised: &str) -> BTreeSet<String> {
    windows(LENGTH_MAX, &characters(normalised))
        .map(|window| window.iter().collect())
        .collect()
}

/// What n-grams are made of.
fn characters(normalised: &str) -> Vec<char> {
    let read = normalised
        .chars()
        .filter(|character| character.is_alphanumeric() || *character == '?');
    std::iter::once('^')
        .chain(read)
        .chain(std::iter::once('$'))
        .collect()
}

fn windows(length_max: usize, characters: &[char]) -> impl Iterator<Item = &[char]> {
    (1..=length_max)
        .flat_map(|length| characters.windows(length))
        .filter(|window| !matches!(window, ['^' | '$']))
}

/// How alike two skeletons are, 0 to 1: Dice's coefficient over their pairs of characters (Dice 1945).
#[must_use]
pub fn alikeness(first: &str, second: &str) -> f32 {
    let pairs =
        |text: &str| -> BTreeSet<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (first_pairs, second_pairs) = (pairs(first), pairs(second));
    let all = first_pairs.len() + second_pairs.len();
    if all == 0 {
        return if first == second { 1.0 } else { 0.0 };
    }
    let common = first_pairs.intersection(&second_pairs).count();
    let small = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    2.0 * small(common) / small(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_fnv1a() {
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_ngram_once() {
        // 2 characters with both ends: 解 绑 ^解 解绑 绑$ ^解绑 解绑$ ^解绑$
        assert_eq!(features("解绑", u32::MAX).len(), 8);
        assert_eq!(features("解 绑!", u32::MAX), features("解绑", u32::MAX));
        assert_eq!(features("", u32::MAX).len(), 1);
        let read: Vec<String> = ngrams("解 绑!").into_iter().collect();
        assert_eq!(
            read,
            ["^解", "^解绑", "^解绑$", "绑", "绑$", "解", "解绑", "解绑$"]
        );
        assert!(
            features("怎么解绑qq的密保手机", 64)
                .iter()
                .all(|&bucket| bucket < 64)
        );
    }
}
