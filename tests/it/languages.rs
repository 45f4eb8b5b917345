//! Which language is spoken, and what is derived: the pack `kettle` is written in two and speaks three.

use crate::world::{Talk, files, pack, repository};
use chrono::DateTime;
use mibao::dialogue::{Assistant, Content, Input, Session, Wish, step};
use mibao::knowledge::{self, Diagnostic, Files, Language, Phrase};
use mibao::proof::prove;

const KETTLE: &str = "tests/knowledge/valid/kettle";

/// The pack with something else in the place of what stands there exactly once.
fn edited(path: &str, from: &str, to: &str) -> Files {
    let mut pack = files(&repository(KETTLE));
    let content = pack.get_mut(path).unwrap();
    assert_eq!(content.matches(from).count(), 1, "{path}: {from}");
    *content = content.replace(from, to);
    pack
}

/// What is wrong with a pack: code and words, each once.
fn mistakes(pack: &Files) -> Vec<String> {
    let diagnostics = knowledge::load(pack).err().unwrap_or_default();
    diagnostics
        .iter()
        .map(|Diagnostic { mistake, file, .. }| format!("{file}: {}: {mistake}", mistake.code()))
        .collect()
}

#[test]
fn the_pack_is_proved_in_all_its_languages() {
    let failures = prove(&Assistant::new(pack(KETTLE)), &mut |_| ()).failures;
    let messages: Vec<_> = failures.iter().map(|failure| &failure.message).collect();
    assert!(messages.is_empty(), "{messages:?}");
}

#[test]
fn what_is_not_written_is_derived() {
    let knowledge = pack(KETTLE);
    let traditional = Language::ZhHant;
    for (phrase, expected) in [
        (Phrase::LanguageName, "繁體中文"),
        (Phrase::Thanks, "不會，有幫到您就好。"),
        (
            Phrase::Menu,
            "有什麼事？點按鈕，或者直接打字，比如「水燒不熱」。",
        ),
        (Phrase::Status, "現在在辦：「{title}」。"),
    ] {
        assert_eq!(knowledge.phrase(traditional, phrase), expected);
    }
    let guide = &knowledge.guides["descale"];
    assert_eq!(guide.title.get(traditional), "除水垢");
    assert_eq!(guide.done.get(traditional), "水垢清乾淨了。");
    assert_eq!(knowledge.topics["shop"].title.get(traditional), "聯絡店裡");
}

#[test]
fn nobody_has_to_write_what_is_derived() {
    for (path, from, expected) in [
        (
            "guides/descale.toml",
            "title.en = \"Descale the kettle\"\n",
            "guides/descale.toml: missing-language: the text is missing in `en`",
        ),
        (
            "guides/descale.toml",
            "title.zh-Hans = \"清除水垢\"\n",
            "guides/descale.toml: missing-language: the text is missing in `zh-Hans`",
        ),
        (
            "phrases/zh-Hans.toml",
            "command_start = \"开始\"\n",
            "phrases/zh-Hans.toml: missing-phrase: ",
        ),
    ] {
        let found = mistakes(&edited(path, from, ""));
        assert!(
            matches!(found.as_slice(), [only] if only.starts_with(expected)),
            "{found:?}"
        );
    }
    let mut pack = files(&repository(KETTLE));
    pack.remove("phrases/zh-Hant.toml");
    assert_eq!(mistakes(&pack), Vec::<String>::new());
}

/// A label that fits as it was written is one sign too long in the words of Taiwan.
#[test]
fn what_is_derived_has_to_fit_too() {
    let label = "手机号".repeat(13);
    assert_eq!(
        mistakes(&edited(
            "facts/lamp.toml",
            "\"灯会亮\"",
            &format!("\"{label}\"")
        )),
        ["facts/lamp.toml: too-long: 52 characters in traditional Chinese, where 40 fit"]
    );
    let label = "手机号".repeat(14);
    assert_eq!(
        mistakes(&edited(
            "facts/lamp.toml",
            "\"灯会亮\"",
            &format!("\"{label}\"")
        )),
        ["facts/lamp.toml: too-long: 42 characters, where 40 fit"]
    );
}

#[test]
fn labels_that_are_alike_are_one_mistake() {
    let pack = edited("topics/shop.toml", "联系店里", "水烧不热");
    assert_eq!(
        mistakes(&pack),
        ["pack.toml: duplicate-label: two buttons say `水烧不热`"]
    );
}

/// What a user's program is set to is where a conversation begins, what they write is where it goes, and what they choose is
/// where it stays.
#[test]
fn a_hint_is_followed_until_something_tells_more() {
    let assistant = Assistant::new(pack(KETTLE));
    let program = |language| Some(Wish::Program(language));
    let mut session = Session::default();
    for (language, said, expected) in [
        (program(Language::En), "好", Language::En),
        (program(Language::ZhHans), "ok", Language::En),
        (program(Language::En), "水壺裡有水垢", Language::ZhHant),
        (program(Language::En), "水垢", Language::ZhHant),
        (
            Some(Wish::Chosen(Language::En)),
            "水壶里有水垢",
            Language::En,
        ),
        (None, "水壺裡有水垢", Language::En),
    ] {
        let input = Input {
            at: DateTime::UNIX_EPOCH,
            language,
            content: Content::Text(said.to_owned()),
            removable: false,
        };
        session = step(&assistant, session, &input).0;
        assert_eq!(session.language, Some(expected), "{said}");
    }
}

#[test]
fn only_languages_of_the_pack_are_spoken() {
    let written = edited(
        "pack.toml",
        "[\"zh-Hans\", \"zh-Hant\", \"en\"]",
        "[\"zh-Hans\", \"en\"]",
    );
    let mut written = written;
    written.remove("phrases/zh-Hant.toml");
    let guide = written.get_mut("guides/descale.toml").unwrap();
    *guide = guide.replace("title.zh-Hant = \"除水垢\"\n", "");
    let assistant = Assistant::new(knowledge::load(&written).unwrap());
    let mut talk = Talk::new(&assistant);
    for (said, expected) in [
        ("my kettle does not heat", Language::En),
        ("水壺裡有水垢", Language::ZhHans),
    ] {
        talk.does(said);
        assert_eq!(talk.session.language, Some(expected), "{said}");
    }
}

/// Sessions that were stored before anybody asked whether a language was chosen.
#[test]
fn old_sessions_are_read() {
    let mut old = serde_json::to_value(Session::default()).unwrap();
    let fields = old.as_object_mut().unwrap();
    fields.remove("language_chosen").unwrap();
    fields.insert("language".to_owned(), "zh-Hant".into());
    let session: Session = serde_json::from_value(old).unwrap();
    assert_eq!(session.language, Some(Language::ZhHant));
    assert!(!session.language_chosen);
}
