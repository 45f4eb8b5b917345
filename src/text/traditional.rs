//! What is written in simplified Chinese, as people in Taiwan and Hong Kong would read it.

use super::convert::to_taiwan;
use super::quotes::{Marks, Piece, pieces};

/// The name of the language in the language itself, which is not to be had by converting the other's.
pub const TRADITIONAL_CHINESE: &str = "繁體中文";

/// What a text quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// What the reader sees on a screen, which no conversion changes.
    OfAScreen,
    /// The text's own words.
    Own,
}

const SCREEN: [Marks; 3] = [("「", "」"), ("“", "”"), ("`", "`")];

/// Addresses, whose characters all matter.
const ADDRESSES: [Marks; 2] = [("](", ")"), ("<http", ">")];

/// Words of the mainland, in traditional characters already, and what is said instead. The longest one counts, so that a
/// word that stays as it is can stand here to keep a shorter one from its middle. What both sides say is not here.
const WORDS: [(&str, &str); 66] = [
    ("臺", "台"),
    ("賬", "帳"),
    ("瞭解", "了解"),
    ("手機號", "手機號碼"),
    ("手機號碼", "手機號碼"),
    ("短信息", "簡訊"),
    ("短信", "簡訊"),
    ("登錄", "登入"),
    ("登陸", "登入"),
    ("登錄上去", "登入進去"),
    ("退出登錄", "登出"),
    ("網絡", "網路"),
    ("移動網絡", "行動網路"),
    ("移動數據", "行動數據"),
    ("信息", "資訊"),
    ("發信息", "發訊息"),
    ("收信息", "收訊息"),
    ("條信息", "條訊息"),
    ("聊天信息", "聊天訊息"),
    ("消息", "訊息"),
    ("好消息", "好消息"),
    ("壞消息", "壞消息"),
    ("信號", "訊號"),
    ("聯繫", "聯絡"),
    ("默認", "預設"),
    ("設置", "設定"),
    ("屏幕", "螢幕"),
    ("屏幕共享", "螢幕分享"),
    ("鎖屏", "螢幕鎖定"),
    ("截屏", "螢幕截圖"),
    ("軟件", "軟體"),
    ("硬件", "硬體"),
    ("設備", "裝置"),
    ("視頻", "影片"),
    ("視頻通話", "視訊通話"),
    ("視頻聊天", "視訊聊天"),
    ("音頻", "音訊"),
    ("質量", "品質"),
    ("菜單", "選單"),
    ("鏈接", "連結"),
    ("超鏈接", "超連結"),
    ("搜索", "搜尋"),
    ("點擊", "點選"),
    ("彈窗", "彈出視窗"),
    ("二維碼", "QR Code"),
    ("在線客服", "線上客服"),
    ("服務器", "伺服器"),
    ("應用商店", "應用程式商店"),
    ("應用程序", "應用程式"),
    ("小程序", "小程式"),
    ("安裝包", "安裝檔"),
    ("卸載", "解除安裝"),
    ("激活", "啟用"),
    ("刷新", "重新整理"),
    ("加載", "載入"),
    ("緩存", "快取"),
    ("兼容", "相容"),
    ("粘貼", "貼上"),
    ("後臺運行", "背景執行"),
    ("電子郵箱", "電子信箱"),
    ("郵箱", "信箱"),
    ("運營商", "電信業者"),
    ("營業廳", "門市"),
    ("套餐", "方案"),
    ("充值", "儲值"),
    ("身份證", "身分證"),
];

/// The text in traditional characters and regional words. Its Markdown stays as it is, and so do addresses and, if it quotes a
/// screen, what it quotes.
#[must_use]
pub fn traditional(markdown: &str, quotes: Quotes) -> String {
    let screen: &[Marks] = match quotes {
        Quotes::OfAScreen => &SCREEN,
        Quotes::Own => &[],
    };
    let marks: Vec<Marks> = ADDRESSES.iter().chain(screen).copied().collect();
    let pieces = pieces(markdown, &marks).into_iter();
    pieces
        .flat_map(|piece| match piece {
            Piece::Outside(text) => [String::new(), regional(&to_taiwan(text)), String::new()],
            Piece::Inside(open, text, close) => [open, text, close].map(str::to_owned),
        })
        .collect()
}

/// Every word of the table replaced, the longest at each place.
fn regional(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let here = WORDS.iter().filter(|(word, _)| rest.starts_with(word));
        let longest = here.max_by_key(|(word, _)| word.len());
        let found = longest.and_then(|(word, said)| Some((*said, rest.strip_prefix(word)?)));
        if let Some((said, behind)) = found {
            written.push_str(said);
            rest = behind;
        } else {
            written.push(next);
            rest = rest.strip_prefix(next).unwrap_or_default();
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    #[test]
    fn words_of_taiwan() {
        for (simplified, expected) in [
            ("旧号码还能收短信", "舊號碼還能收簡訊"),
            (
                "用手机号登录，手机号码别填错",
                "用手機號碼登入，手機號碼別填錯",
            ),
            ("账号信息别外传", "帳號資訊別外傳"),
            ("给好友发消息、发信息", "給好友發訊息、發訊息"),
            ("手机的网络设置", "手機的網路設定"),
            ("解绑之后，旧号码已停用", "解綁之後，舊號碼已停用"),
            ("页面给了解除入口", "頁面給了解除入口"),
            ("一台设备，后台运行", "一台裝置，背景執行"),
            ("复制回复恢复重复", "複製回覆恢復重複"),
            ("{facts}。第 {number} 步", "{facts}。第 {number} 步"),
            ("", ""),
        ] {
            assert_eq!(traditional(simplified, Quotes::OfAScreen), expected);
        }
    }

    #[test]
    fn what_is_on_the_screen_stays_as_it_is() {
        for (simplified, screen, own) in [
            (
                "**「设置」**→`账号安全`，点“发送”",
                "**「设置」**→`账号安全`，點“发送”",
                "**「設定」**→`帳號安全`，點“發送”",
            ),
            ("没有「解绑", "沒有「解綁", "沒有「解綁"),
        ] {
            assert_eq!(traditional(simplified, Quotes::OfAScreen), screen);
            assert_eq!(traditional(simplified, Quotes::Own), own);
        }
    }

    #[test]
    fn addresses_stay_as_they_are() {
        for quotes in [Quotes::OfAScreen, Quotes::Own] {
            assert_eq!(
                traditional(
                    "见[腾讯客服](https://kf.qq.com/登录)或<https://qq.com/账号>。",
                    quotes
                ),
                "見[騰訊客服](https://kf.qq.com/登录)或<https://qq.com/账号>。"
            );
        }
    }

    /// Whoever answers in these words is understood as if they had used the others.
    #[test]
    fn labels_read_back_as_what_they_came_from() {
        for simplified in [
            "账号登录不上",
            "收不到短信",
            "没有网络信号",
            "常用设备",
            "用的软件",
            "屏幕",
            "发不了消息",
        ] {
            let derived = traditional(simplified, Quotes::OfAScreen);
            assert_eq!(normalise(&derived), normalise(simplified), "{derived}");
        }
    }
}
