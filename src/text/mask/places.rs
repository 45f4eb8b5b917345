//! Mail addresses, and where people live.

use super::cues::{Cue, CueKind};
use super::letters::Letters;
use super::{Hit, Private};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How a mail's sign is spelt by who wants it overlooked.
const AT: [&str; 5] = ["@", "(at)", "[at]", " at ", "(a)"];

/// So long the halves of a mail address may be.
const HALF_MAX: usize = 64;

/// Mail addresses.
pub(super) fn mails(letters: &Letters) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for at in AT {
        let found = letters.folded.match_indices(at);
        for (byte, sign) in found {
            let sign = letters.at_bytes(byte..byte + sign.len());
            // Where the one before ends, the next may begin.
            let ended = hits.last().map(|hit| hit.letters.end);
            let from = ended.filter(|end| *end <= sign.start).unwrap_or(0);
            if let Some(found) = mail(letters, sign, from, at == " at ") {
                hits.push(Hit {
                    kind: Private::Email,
                    letters: found,
                });
            }
        }
    }
    hits
}

fn mail(letters: &Letters, sign: Range<usize>, from: usize, is_word: bool) -> Option<Range<usize>> {
    let is_local = |letter: char| letter.is_ascii_alphanumeric() || "._%+-".contains(letter);
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
    let before = (from..sign.start).rev().take(HALF_MAX);
    let local = before
        .take_while(|place| is_local(letters.char(*place)))
        .count();
    let behind = (sign.end..letters.len()).take(HALF_MAX);
    let mut host = behind
        .take_while(|place| is_host(letters.char(*place)))
        .count();
    while host > 0 && matches!(letters.before(sign.end + host), '.' | '-') {
        host -= 1;
    }
    let name = letters.slice(sign.end..sign.end + host);
    let (rest, top) = name.rsplit_once('.')?;
    // What is no letter begins something else.
    let top = top.chars().take_while(char::is_ascii_alphabetic).count();
    let is_named = !rest.is_empty() && top >= 2;
    let host = rest.len() + 1 + top;
    // "I am at qq.com" is no address.
    let has_digit = letters
        .slice(sign.start - local..sign.start)
        .contains(|letter: char| letter.is_ascii_digit());
    (local > 0 && is_named && (!is_word || has_digit))
        .then_some(sign.start - local..sign.end + host)
}

/// A road and a number in it, in Chinese, with what stands before and behind.
static CHINESE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = "[0-9a-z零〇一二三四五六七八九十百甲乙丙丁-]{1,6}";
    let unit = "(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|户|段|巷|组|期|院)";
    let road = "(?:大道|大街|胡同|小区|花园|花苑|公寓|大厦|广场|新村|路|街|道|巷|弄|村|庄|苑|屯|里|城|社区|镇|乡|营)";
    Regex::new(&format!(
        r"\p{{Han}}{{1,24}}?{road}\p{{Han}}{{0,6}}?\s?{number}\s?{unit}(?:\s?\p{{Han}}{{0,8}}?\s?{number}\s?{unit})*(?:[0-9]{{3,4}}室?)?(?:之[0-9]{{1,2}})?"
    ))
    .ok()
});

/// A number and a road, in English, as it is typed.
static ENGLISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let road = "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Terrace|Way|Place|Crescent|Close|Highway|Square)";
    let lower =
        "(?:street|road|avenue|ave|lane|drive|boulevard|court|terrace|place|crescent|square)";
    let room =
        r"(?:,? ?(?:[Aa]pt|[Uu]nit|[Rr]oom|[Ff]lat|[Ss]uite|[Ff]loor|#)\.? ?[0-9A-Za-z-]{1,6})?";
    let town = r"(?:, [A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,2}){0,3}";
    Regex::new(&format!(
        r"\bNo\.? ?[0-9]{{1,4}}(?:, (?:Lane|Alley|Section|Sec\.?) [0-9]{{1,4}}){{0,3}}, (?:[A-Z][A-Za-z]{{1,20}} ){{1,3}}{road}\b{town}|\b[0-9]{{1,5}}[A-Za-z]? (?:(?:[A-Z][A-Za-z'.]{{0,20}} ){{1,3}}{road}|(?:[a-z']{{2,20}} ){{1,2}}{lower})\b{room}{town}"
    ))
    .ok()
});

/// Provinces and what else an address begins with.
const LANDS: [&str; 40] = [
    "北京",
    "上海",
    "天津",
    "重庆",
    "重慶",
    "河北",
    "山西",
    "辽宁",
    "遼寧",
    "吉林",
    "黑龙江",
    "江苏",
    "江蘇",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "山東",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "廣東",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台北",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "高雄",
];

/// Words that stand before an address and do not belong to it.
const BEFORE: [char; 12] = [
    '在', '住', '到', '是', '址', '于', '寄', '至', '往', '我', '的', '给',
];

/// Where people live.
pub(super) fn homes(text: &str, letters: &Letters, cues: &[Cue]) -> Vec<Hit> {
    let has_cue = |start: usize| {
        let before = cues.partition_point(|cue| cue.letters.end <= start);
        let near = cues.iter().take(before).rev();
        let mut near = near.take_while(|cue| start - cue.letters.end <= 6);
        near.any(|cue| cue.kind == CueKind::Home)
    };
    let mut hits = Vec::new();
    let chinese = CHINESE.as_ref().filter(|_| has_house(letters));
    for found in chinese
        .iter()
        .flat_map(|rule| rule.find_iter(&letters.folded))
    {
        let found = letters.at_bytes(found.range());
        let start = beginning(letters, &found);
        let written = letters.slice(start..found.end);
        let is_of_a_place =
            LANDS.iter().any(|land| written.starts_with(land)) || has_district(written);
        if is_of_a_place || has_cue(start) {
            hits.push(Hit {
                kind: Private::Address,
                letters: start..found.end,
            });
        }
    }
    let english = ENGLISH.as_ref().filter(|_| has_foreign_house(letters));
    for found in english.iter().flat_map(|rule| rule.find_iter(text)) {
        let place = letters.of_typed(&found.range());
        let is_lower = !found
            .as_str()
            .contains(|letter: char| letter.is_ascii_uppercase());
        if !is_lower || has_cue(place.start) {
            hits.push(Hit {
                kind: Private::Address,
                letters: place,
            });
        }
    }
    hits
}

/// A number with what houses and rooms are counted by behind it.
fn has_house(letters: &Letters) -> bool {
    let mut behind_number = letters
        .windows()
        .filter(|(before, _)| before.is_ascii_alphanumeric());
    behind_number.any(|(_, unit)| " 号弄栋幢座单楼层室户段巷组期院".contains(unit))
}

/// A number with a word behind it.
fn has_foreign_house(letters: &Letters) -> bool {
    let mut behind_number = letters
        .windows()
        .filter(|(before, _)| before.is_ascii_alphanumeric());
    behind_number.any(|(_, space)| matches!(space, ' ' | ','))
}

/// A city, a district or a county is named, and something within it.
fn has_district(written: &str) -> bool {
    let place = written.find(['市', '区', '县', '镇', '乡', '省', '州']);
    place.is_some_and(|place| place >= "某某".len() - 1)
}

/// Where an address begins: behind what says that it is one.
fn beginning(letters: &Letters, found: &Range<usize>) -> usize {
    let written = letters.slice(found.clone());
    let land = LANDS.iter().filter_map(|land| written.find(land)).min();
    if let Some(land) = land {
        return found.start + written.get(..land).unwrap_or_default().chars().count();
    }
    // Up to the first district only: a road may be named after anything.
    let district = written
        .find(['市', '区', '县', '州', '镇'])
        .unwrap_or(written.len());
    let head = written.get(..district).unwrap_or_default();
    let last = head.rfind(BEFORE);
    let skipped = last
        .and_then(|last| head.get(..last))
        .map(|before| before.chars().count() + 1);
    found.start + skipped.unwrap_or(0)
}
