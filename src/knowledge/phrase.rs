//! The assistant's own phrases: every key of `phrases/*.toml`, with the placeholders that its text may use.

/// Declares the phrases, one line each: variant, key, placeholders that must stand in the text.
macro_rules! phrases {
    ($($variant:ident $key:literal [$($placeholder:literal)*] $doc:literal;)*) => {
        /// A phrase of the assistant's own, by what it is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Phrase { $(#[doc = $doc] $variant,)* }

        impl Phrase {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The key in the phrase file.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// Placeholders, `{name}` in the text; each must be used.
            #[must_use]
            pub fn placeholders(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($placeholder,)*],)* }
            }

            /// What it is for.
            #[must_use]
            pub fn purpose(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

phrases! {
    LanguageName "language_name" [] "The language's own name, on the button that chooses it.";
    Greeting "greeting" [] "First words, before the menu.";
    Menu "menu" [] "Puts the menu.";
    More "more" [] "Offers more after an end.";
    Heard "heard" ["facts"] "Repeats facts taken from a sentence.";
    Changed "changed" ["facts"] "Repeats facts that were corrected.";
    Later "later" ["title"] "Notes what was named beside the first matter, for later.";
    LaterNow "later_now" ["title"] "Names what was kept for later, now that the first matter is over.";
    ListSeparator "list_separator" [] "Stands between the parts of a list in a sentence.";
    Step "step" ["number" "total"] "Heads a step.";
    See "see" ["see"] "Says what should be seen afterwards.";
    StepAgain "step_again" [] "Before a step that is tried again, its problem being solved.";
    AsShown "as_shown" [] "Says that the page itself decides.";
    Likely "likely" ["cause"] "Names the most probable cause before a remedy.";
    NextRemedy "next_remedy" [] "Before a remedy that follows one that did not help.";
    ComeBack "come_back" [] "After a remedy that takes long: come back then.";
    Which "which" ["yes" "no"] "A bare no to a question of safety may mean either: asks which of the two answers it is.";
    DidItHelp "did_it_help" [] "Asks outright whether the remedy helped.";
    ButtonDone "button_done" [] "The step worked.";
    ButtonFailed "button_failed" [] "The step did not work.";
    ButtonSkip "button_skip" [] "Skip an optional step.";
    ButtonHelped "button_helped" [] "The remedy helped.";
    ButtonNotHelped "button_not_helped" [] "The remedy did not help.";
    ButtonImpossible "button_impossible" [] "The remedy cannot be done.";
    ButtonUnsure "button_unsure" [] "Not sure.";
    ButtonWhy "button_why" [] "Why do you ask?";
    ButtonBack "button_back" [] "One step back.";
    ButtonMenu "button_menu" [] "To the menu.";
    ButtonHuman "button_human" [] "To a human.";
    ButtonNone "button_none" [] "None of the readings offered.";
    ButtonNotSolved "button_not_solved" [] "After an end: it is not solved after all.";
    ButtonCopy "button_copy" [] "Copies the handover card.";
    ButtonPrivate "button_private" [] "Leads from a place that others read into the private chat.";
    Offer "offer" [] "Offers two readings of what was said.";
    LostHint "lost_hint" [] "Not understood, first time: how to put it.";
    LostMenu "lost_menu" [] "Not understood, second time: the menu.";
    LostHuman "lost_human" [] "Not understood, third time: a human.";
    LostStill "lost_still" [] "Not understood, fourth time and every other one after.";
    Stuck "stuck" [] "After a step or remedy that somebody cannot follow: where help is.";
    Wait "wait" [] "Answers a request for patience.";
    Elsewhere "elsewhere" ["name"] "Turns away what something else is named in, before what we can do.";
    Aside "aside" [] "Turns away what is none of ours and names nothing, before what we can do.";
    WhyMenu "why_menu" [] "Why, when nothing has been asked.";
    WhyStep "why_step" ["title"] "Why this step, where the step itself does not say.";
    WhyRemedy "why_remedy" ["cause"] "Why this remedy.";
    WhyAnswers "why_answers" [] "Heads what the answers to a question would lead to.";
    WhyAnswer "why_answer" ["answers" "title"] "The remedy that comes next after these answers.";
    BackDone "back_done" [] "One step back was taken.";
    BackNothing "back_nothing" [] "There is no step back.";
    Restarted "restarted" [] "Started over.";
    Cancelled "cancelled" [] "Ended by the user.";
    Solved "solved" [] "It is solved.";
    HandedOver "handed_over" [] "Handing over, asked for by the user.";
    HandedOverExhausted "handed_over_exhausted" [] "Handing over, nothing being left to try.";
    CardTitle "card_title" [] "Heads the handover card.";
    CardProblem "card_problem" ["title"] "What it is about.";
    CardFacts "card_facts" ["facts"] "What the user said.";
    CardRuledOut "card_ruled_out" ["causes"] "What has been ruled out.";
    CardTried "card_tried" ["tried"] "What was tried.";
    CardLikely "card_likely" ["cause"] "What is most probable now.";
    CardNext "card_next" [] "What to do next, and where.";
    RuledOut "ruled_out" ["cause" "by"] "A cause that is ruled out, and by what.";
    TriedHelped "tried_helped" ["title"] "A remedy that helped.";
    TriedNotHelped "tried_not_helped" ["title"] "A remedy that did not help.";
    TriedImpossible "tried_impossible" ["title"] "A remedy that could not be done.";
    Thanks "thanks" [] "Answers thanks.";
    Bye "bye" [] "Answers a goodbye.";
    Stale "stale" [] "A button of a question that has passed was pressed.";
    Resume "resume" ["title"] "Recaps after a long pause.";
    PackChanged "pack_changed" [] "The knowledge has changed, and with it the next question.";
    MediaPhoto "media_photo" [] "A picture came.";
    MediaVoice "media_voice" [] "A voice message came.";
    MediaOther "media_other" [] "Something else came that cannot be read.";
    UnknownCommand "unknown_command" [] "A command that there is not.";
    PrivateRemoved "private_removed" [] "Something private is being taken out of the chat.";
    Public "public" [] "In a place that others read: invites into a private chat.";
    TooFast "too_fast" [] "More messages in a minute than can be answered.";
    TooLong "too_long" [] "The message was too long to read whole.";
    PrivateSeen "private_seen" ["kinds" "why"] "Names what was sent that is private, and goes on with the topic `private_data`: why not to.";
    PrivateAnd "private_and" [] "Stands between two kinds of private things.";
    PrivatePhone "private_phone" [] "A phone number, as something private that was sent.";
    PrivateIdCard "private_id_card" [] "The number of an identity card, likewise.";
    PrivatePassport "private_passport" [] "The number of a passport or permit, likewise.";
    PrivateBankCard "private_bank_card" [] "The number of a bank card, likewise.";
    PrivateCode "private_code" [] "A verification code, likewise.";
    PrivatePassword "private_password" [] "A password, likewise.";
    PrivateEmail "private_email" [] "A mail address, likewise.";
    PrivateAddress "private_address" [] "Where somebody lives, likewise.";
    Status "status" ["title"] "Where we are.";
    StatusNothing "status_nothing" [] "Nothing is under way.";
    LanguageChoice "language_choice" [] "Asks for the language.";
    LanguageChosen "language_chosen" [] "Confirms the language.";
    Forgotten "forgotten" [] "Everything was deleted.";
    Apology "apology" [] "Something failed inside.";
    CommandStart "command_start" [] "Describes /start.";
    CommandHelp "command_help" [] "Describes /help.";
    CommandStatus "command_status" [] "Describes /status.";
    CommandBack "command_back" [] "Describes /back.";
    CommandRestart "command_restart" [] "Describes /restart.";
    CommandCancel "command_cancel" [] "Describes /cancel.";
    CommandHuman "command_human" [] "Describes /human.";
    CommandLanguage "command_language" [] "Describes /language.";
    CommandPrivacy "command_privacy" [] "Describes /privacy.";
    CommandForget "command_forget" [] "Describes /forget.";
}

impl Phrase {
    /// The phrase with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phrase| phrase.key() == key)
    }

    /// Whether it is a button's label or a command's description, which are plain text.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.key().starts_with("button_")
            || self.key().starts_with("command_")
            || self == Self::LanguageName
    }
}
