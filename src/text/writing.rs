//! Which language a message is written in, and in which script: by what only one of them has.
//!
//! Nothing is guessed. Digits, emoji, names of programs, characters that both scripts share and Chinese typed in Latin letters
//! tell nothing, and neither does what is quoted: a Taiwanese user who pastes what the screen says writes no simplified
//! Chinese. Who tells nothing goes on being answered as before.

use super::convert::{to_simplified, to_taiwan};
use super::normalise::is_han;
use super::quotes::{Marks, Piece, pieces};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    Simplified,
    Traditional,
    English,
}

const QUOTES: [Marks; 7] = [
    ("「", "」"),
    ("『", "』"),
    ("“", "”"),
    ("【", "】"),
    ("\"", "\""),
    ("`", "`"),
    ("http", " "),
];

/// Characters that OpenCC changes from one script to the other, and that are written in both all the same.
const SHARED: &str = "丑丰于云余佣凶划占台后咨咸夸岩岳干征徵托挂斗朴杰游熏筑腊范辟郁采里乾夥着兑卧囱媪户悦揾氲温煴税脱葱蜕";

/// Characters of Hong Kong's and Taiwan's words. They decide only where nothing else does: Guangdong writes them too.
const REGIONAL: &str = "妳嘅咗唔喺啲嗰佢哋冇乜咁冚畀嚟";

/// Words that are English and nothing else: the small ones that every sentence has some of, and those of somebody who wants help.
/// What is also a syllable of pinyin (you, me, he, can, women) and what people in China say too (hello, ok, bye) is not here.
const ENGLISH: &str = "
    i i'm i've i'd my mine am is are was were isn't aren't wasn't be been being do does did don't dont doesn't doesnt didn't
    didnt have has had haven't hasn't haven't will won't would could couldn't should shouldn't can't cant cannot must may might
    the this that these those there it it's its and or but if then because so not of on in at to from for with without by
    about after before again still already yet only also just how what when where why who which whose we our your they their
    them someone somebody anyone anything something nothing every any some another other
    want need wish try tried trying get got getting give make keep keeps know think tell say says said see show shows use used
    using work works worked working go went come send sent receive received find found lose lost forget forgot forgotten
    remember steal stolen steals hack hacked change changed changing replace unbind unbound unlink bind bound remove add
    update verify verified verification recover recovery reset login logged logging sign signed appeal submit submitted
    review help please problem issue error fail fails failed failing wrong invalid expired frozen blocked banned locked
    account phone number password code message messages text sms security safe scam support human person agent someone's
    old new first last now today yesterday longer anymore abroad never always";

/// Names that stand in sentences of every language.
const NAMES: [&str; 12] = [
    "qq", "sms", "app", "vip", "tim", "ios", "android", "wechat", "tencent", "wifi", "sim", "id",
];

/// The script of every character that only one of them has.
static SCRIPTS: LazyLock<FxHashMap<char, Writing>> = LazyLock::new(|| {
    let range = '\u{4e00}'..='\u{9fff}';
    // One a line, so that no dictionary sees a word in them.
    let lines: String = range
        .clone()
        .flat_map(|character| [character, '\n'])
        .collect();
    let (simplified, taiwan) = (to_simplified(&lines), to_taiwan(&lines));
    let others = simplified.lines().zip(taiwan.lines());
    range
        .zip(others)
        .filter_map(|(character, (simplified, taiwan))| {
            let is = |text: &str| text.chars().eq([character]);
            match (is(simplified), is(taiwan)) {
                (false, true) => Some((character, Writing::Traditional)),
                (true, false) => Some((character, Writing::Simplified)),
                (true, true) | (false, false) => None,
            }
        })
        .filter(|(character, _)| !SHARED.contains(*character))
        .collect()
});

static ENGLISH_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = ENGLISH.split_whitespace().collect();
    words.sort_unstable();
    words
});

/// How a message is written, if it shows.
#[must_use]
pub fn writing(message: &str) -> Option<Writing> {
    // An address ends at a space.
    let message = format!("{message} ");
    let own = pieces(&message, &QUOTES).into_iter();
    let own: Vec<&str> = own
        .filter_map(|piece| match piece {
            Piece::Outside(text) => Some(text),
            Piece::Inside(..) => None,
        })
        .collect();
    let characters = || own.iter().flat_map(|text| text.chars());
    let han = characters().filter(|character| is_han(*character)).count();
    let words = english(&own);
    match (han, words) {
        (0, 0) => None,
        (0, _) => Some(Writing::English),
        // English with a Chinese name in it, Chinese with an English one, and what lies between.
        (han, words) if words >= han => Some(Writing::English),
        (han, words) if han < 3 * words => None,
        _ => script(characters),
    }
}

/// Of which script there is more.
fn script<C: Iterator<Item = char>>(characters: impl Fn() -> C) -> Option<Writing> {
    let of = |script| {
        let found = characters().filter(|character| SCRIPTS.get(character) == Some(&script));
        found.count()
    };
    let (simplified, traditional) = (of(Writing::Simplified), of(Writing::Traditional));
    match simplified.cmp(&traditional) {
        Ordering::Greater => Some(Writing::Simplified),
        Ordering::Less => Some(Writing::Traditional),
        Ordering::Equal => {
            let is_regional = |character| simplified == 0 && REGIONAL.contains(character);
            characters()
                .any(is_regional)
                .then_some(Writing::Traditional)
        }
    }
}

/// How many words there are, names aside, if some of them are English, and enough for a sentence to be: a pinyin sentence
/// may have an English word in it too.
fn english(texts: &[&str]) -> usize {
    let (mut words, mut known) = (0, 0);
    for text in texts {
        let letters = text.split(|character: char| {
            !(character.is_alphabetic() && !is_han(character) || matches!(character, '\'' | '’'))
        });
        for word in letters.filter(|word| !word.is_empty()) {
            let word = word.to_lowercase().replace('’', "'");
            if !NAMES.contains(&word.as_str()) {
                words += 1;
                known += usize::from(ENGLISH_WORDS.binary_search(&word.as_str()).is_ok());
            }
        }
    }
    if known * 3 > words { words } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Option<Writing>, messages: &[&str]) {
        for message in messages {
            assert_eq!(writing(message), expected, "{message}");
        }
    }

    #[test]
    fn chinese_by_its_characters() {
        check(
            Some(Writing::Simplified),
            &[
                "手机号停机了，收不到验证码，QQ怎么解绑",
                "登录不了",
                "解绑",
                "怎么办",
                "我的QQ login不了，账号异常",
                "嘅账号登录唔到",
            ],
        );
        check(
            Some(Writing::Traditional),
            &[
                "門號停用，收不到簡訊",
                "我的帳號登入不了",
                "解綁",
                "請問怎麼辦",
                "唔得",
                "佢用緊我個號",
                "妳好",
                "頁面顯示「系统检测到您的账号存在异常」",
                "驗證碼 code 收不到",
            ],
        );
    }

    #[test]
    fn english_by_its_words() {
        check(
            Some(Writing::English),
            &[
                "I lost my phone",
                "how to unbind",
                "verification code not received",
                "forgot password",
                "can’t log in",
                "how do I 解绑 my QQ number",
                "the page says \"该号码暂不支持\"",
            ],
        );
    }

    #[test]
    fn what_tells_nothing() {
        check(
            None,
            &[
                "",
                "1",
                "好",
                "不行",
                "👍",
                "QQ",
                "13800138000",
                "wo de qq bei dao le",
                "jiebang",
                "wo xiang change shouji",
                "women de mima wang le",
                "zen me ban",
                "ni hao ma",
                "hello",
                "ok",
                "what is 密保手机",
                "「设置」",
                "https://kf.qq.com/the/account",
                "¿Dónde está?",
            ],
        );
    }

    #[test]
    fn words_of_both_scripts_are_no_evidence() {
        for character in SHARED.chars() {
            assert_eq!(writing(&character.to_string()), None, "{character}");
        }
    }

    /// What is typed for Chinese must not be taken for English.
    #[test]
    fn no_english_word_is_a_syllable_of_pinyin() {
        let syllables = "a ai an ang ao ba bai ban bang bao bei ben bi bian bie bin bo bu ca cai can cang cao ce cen cha chai chan \
            chang chao che chen chi chong chou chu chuan ci cong cou cu cun da dai dan dang dao de dei den di dian diao die ding diu \
            dong dou du duan dui dun duo e en er fa fan fang fei fen fo fou fu ga gai gan gang gao ge gei gen gong gou gu gua guan \
            gui gun guo ha hai han hang hao he hei hen hong hou hu hua huan hui hun huo ji jia jian jie jin jiu ju juan jue jun ka \
            kai kan kang kao ke ken kong kou ku kuan la lai lan lang lao le lei li lian liang lie lin ling liu long lou lu luan \
            lun luo ma mai man mang mao me mei men mi mian miao mie min ming mo mou mu na nai nan nang nao ne nei nen neng ni nian \
            nie nin ning niu nong nu nuan nuo o ou pa pai pan pang pao pei pen pi pian pie pin ping po pou pu qi qia qian qie qin \
            qing qiu qu quan qun ran rang rao re ren ri rong rou ru ruan rui run ruo sa sai san sang sao se sen sha shai shan \
            shang shao she shen shi shou shu shua shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti \
            tian tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xie xin xing xiu xu xuan \
            xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhan zhang \
            zhao zhe zhen zhi zhong zhou zhu zhuan zhui zhun zhuo zi zong zou zu zuan zui zun zuo women tamen nimen";
        for word in syllables.split_whitespace() {
            assert!(ENGLISH_WORDS.binary_search(&word).is_err(), "{word}");
        }
    }
}
