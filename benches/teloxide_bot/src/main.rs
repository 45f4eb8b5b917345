//! A dialogue of five turns as teloxide's documentation shows how to write one: its dispatcher, a state per step, kept in
//! its SQLite storage. The state is saved before the reply is sent, so that what the user has seen is kept.
//!
//! `TELOXIDE_TOKEN=… teloxide_bot FILE`

use serde::{Deserialize, Serialize};
use std::error::Error;
use teloxide::dispatching::dialogue::serializer::Json;
use teloxide::dispatching::dialogue::{self, SqliteStorage};
use teloxide::dispatching::{UpdateFilterExt, UpdateHandler};
use teloxide::prelude::*;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};
use teloxide::utils::command::BotCommands;

type Failure = Box<dyn Error + Send + Sync>;
type Storage = SqliteStorage<Json>;
type Talk = Dialogue<State, Storage>;

/// Where a user is, with what is known.
#[derive(Clone, Default, Serialize, Deserialize)]
enum State {
    #[default]
    Start,
    Goal,
    Safe {
        goal: String,
    },
    Number {
        goal: String,
        safe: String,
    },
    Login {
        goal: String,
        safe: String,
        number: String,
    },
}

#[derive(Clone, BotCommands)]
#[command(rename_rule = "lowercase")]
enum Command {
    /// 开始
    Start,
    /// 重新开始
    Restart,
}

const MENU: &[&[(&str, &str)]] = &[
    &[("unbind", "更换/解绑密保手机")],
    &[("number_unavailable", "旧号码用不了了")],
    &[("unbind_failed", "解绑/更换失败")],
    &[("login_failed", "登录不上")],
    &[("account_abnormal", "解绑后账号异常")],
    &[("account_stolen", "账号被盗或有风险")],
    &[("about", "什么是密保手机")],
    &[("human", "找人工")],
];
const SAFE: &[&[(&str, &str)]] = &[
    &[("safe=yes", "安全，没有异常"), ("safe=no", "有被盗的迹象")],
    &[("safe=unsure", "不确定"), ("why", "为什么")],
    &[("back", "上一步"), ("human", "找人工")],
];
const NUMBER: &[&[(&str, &str)]] = &[
    &[("number=yes", "只是停机，还是我的")],
    &[("number=no", "已经注销了")],
    &[("number=unsure", "不确定"), ("why", "为什么")],
    &[("back", "上一步"), ("human", "找人工")],
];
const LOGIN: &[&[(&str, &str)]] = &[
    &[("login=yes", "能，还登录着"), ("login=no", "不能，登不上")],
    &[("login=unsure", "不确定"), ("why", "为什么")],
    &[("back", "上一步"), ("human", "找人工")],
];
const STEP: &[&[(&str, &str)]] = &[
    &[("done", "好了"), ("failed", "不行")],
    &[("back", "上一步"), ("human", "找人工")],
];

const GREETING: &str = "好，我们重新开始。\n\n您想办哪件事？点下面的按钮，或者直接打字告诉我，比如「手机号停用了，收不到验证码」。";
const ASK_SAFE: &str = "我先问几个小问题，再告诉您走哪条路。\n\n先确认一件最要紧的事：您的账号现在安全吗？\n安全就是：没有陌生登录，密码没被别人改过，好友也没收到奇怪的借钱消息。";
const ASK_NUMBER: &str =
    "这个号码还在您名下吗？\n欠费停机、挂失停机的，一般还能恢复；已经注销的就不行了。";
const ASK_LOGIN: &str = "号码还在您名下，恢复它最快。\n\n您现在还登录着这个 QQ，或者能登录上去吗？\n任何一台手机、电脑、平板上还登录着，都算能。";
const TELL_STEP: &str = "第 1 步，共 2 步\n1. 在运营商官方 App 或营业厅，查清停机的原因\n2. 欠费的，把话费补上；挂失、报停的，带本人证件去办复机\n3. 卡装进手机，关机再开机\n\n做好了您会看到：手机有信号，能收到短信。";
const NOT_UNDERSTOOD: &str = "我没看懂，请点上面的按钮。";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let file = std::env::args()
        .nth(1)
        .ok_or("name the file of the dialogues")?;
    let storage = SqliteStorage::open(&file, Json).await?;
    Dispatcher::builder(Bot::from_env(), schema())
        .dependencies(dptree::deps![storage])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await;
    Ok(())
}

fn schema() -> UpdateHandler<Failure> {
    use dptree::case;

    let commands = teloxide::filter_command::<Command, _>().endpoint(begin);
    let messages = Update::filter_message()
        .branch(commands)
        .branch(case![State::Start].endpoint(begin))
        .branch(case![State::Goal].endpoint(receive_goal))
        .branch(case![State::Number { goal, safe }].endpoint(receive_number))
        .branch(dptree::endpoint(not_understood));
    let presses = Update::filter_callback_query()
        .branch(case![State::Safe { goal }].endpoint(receive_safe))
        .branch(case![State::Login { goal, safe, number }].endpoint(receive_login));
    dialogue::enter::<Update, Storage, State, _>()
        .branch(messages)
        .branch(presses)
}

fn keyboard(rows: &[&[(&str, &str)]]) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(rows.iter().map(|row| {
        row.iter()
            .map(|(data, label)| InlineKeyboardButton::callback(*label, *data))
    }))
}

/// The button with this label.
fn typed(rows: &[&[(&'static str, &str)]], text: &str) -> Option<&'static str> {
    let mut buttons = rows.iter().copied().flatten();
    let (data, _) = buttons.find(|(_, label)| *label == text)?;
    Some(data)
}

async fn begin(bot: Bot, talk: Talk, message: Message) -> Result<(), Failure> {
    talk.update(State::Goal).await?;
    bot.send_message(message.chat.id, GREETING)
        .reply_markup(keyboard(MENU))
        .await?;
    Ok(())
}

async fn receive_goal(bot: Bot, talk: Talk, message: Message) -> Result<(), Failure> {
    let Some(text) = message.text() else {
        return not_understood(bot, message).await;
    };
    talk.update(State::Safe {
        goal: text.to_owned(),
    })
    .await?;
    bot.send_message(message.chat.id, ASK_SAFE)
        .reply_markup(keyboard(SAFE))
        .await?;
    Ok(())
}

async fn receive_safe(
    bot: Bot,
    talk: Talk,
    goal: String,
    query: CallbackQuery,
) -> Result<(), Failure> {
    bot.answer_callback_query(query.id.clone()).await?;
    let (Some(safe), Some(card)) = (&query.data, &query.message) else {
        return Ok(());
    };
    talk.update(State::Number {
        goal,
        safe: safe.clone(),
    })
    .await?;
    bot.edit_message_text(card.chat().id, card.id(), ASK_NUMBER)
        .reply_markup(keyboard(NUMBER))
        .await?;
    Ok(())
}

async fn receive_number(
    bot: Bot,
    talk: Talk,
    (goal, safe): (String, String),
    message: Message,
) -> Result<(), Failure> {
    let Some(number) = message.text().and_then(|text| typed(NUMBER, text)) else {
        return not_understood(bot, message).await;
    };
    let number = number.to_owned();
    talk.update(State::Login { goal, safe, number }).await?;
    bot.send_message(message.chat.id, ASK_LOGIN)
        .reply_markup(keyboard(LOGIN))
        .await?;
    Ok(())
}

async fn receive_login(bot: Bot, talk: Talk, query: CallbackQuery) -> Result<(), Failure> {
    bot.answer_callback_query(query.id.clone()).await?;
    if let Some(card) = &query.message {
        talk.exit().await?;
        bot.edit_message_text(card.chat().id, card.id(), TELL_STEP)
            .reply_markup(keyboard(STEP))
            .await?;
    }
    Ok(())
}

async fn not_understood(bot: Bot, message: Message) -> Result<(), Failure> {
    bot.send_message(message.chat.id, NOT_UNDERSTOOD).await?;
    Ok(())
}
