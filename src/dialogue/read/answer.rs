//! The pending question answered in the user's own way.

use super::{Act, Reader};
use crate::dialogue::Assistant;
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Origin};
use crate::knowledge::{Fact, Id, Language, UNSURE};
use crate::text::{alikeness, denials, skeleton};
use crate::understanding::{Understood, Zone};

impl Reader<'_> {
    /// No, and nothing else, to a question of safety: it is asked which answer is meant. Asked a second time, it is not
    /// understood.
    pub(super) fn bare_no(&self, normalised: &str, understood: &Understood) -> Option<Act> {
        let Prompt::Ask { fact, .. } = &self.place.prompt else {
            return None;
        };
        let said = skeleton(normalised);
        let known = self.assistant.knowledge.facts.get(fact)?;
        let listed = known
            .answers
            .iter()
            .any(|answer| answer.words.contains(&said));
        let is_no = understood.zone == Zone::Sure
            && understood.intent.as_deref() == Some("no")
            && understood.facts.is_empty();
        let asked = self.session.repair.asked_which;
        (is_no && !listed && self.assistant.knowledge.is_ambiguous(fact)).then_some(if asked {
            Act::Lost
        } else {
            Act::Which
        })
    }

    /// The pending question answered in other words than its buttons': the author's, a yes or no, or a fact in a sentence.
    pub(super) fn own_words(
        &self,
        normalised: &str,
        clauses: &[String],
        understood: &Understood,
    ) -> Option<Entry> {
        let Prompt::Ask { fact, .. } = &self.place.prompt else {
            return None;
        };
        let known = self.assistant.knowledge.facts.get(fact)?;
        let said = skeleton(normalised);
        let told = |answer: &str| Some(Entry::fact(fact, answer, Origin::Question));
        if let Some(answer) = known
            .answers
            .iter()
            .find(|answer| !said.is_empty() && answer.words.contains(&said))
        {
            return told(&answer.id);
        }
        if let Some(answer) = understood.facts.get(fact) {
            return told(answer);
        }
        let said_in_part = known
            .answers
            .iter()
            .filter(|answer| clauses.iter().any(|clause| answer.words.contains(clause)));
        if let [answer] = said_in_part.collect::<Vec<_>>().as_slice() {
            return told(&answer.id);
        }
        // "No, I can still log in" answers no question about anything else.
        if self.corrects(clauses, understood) {
            return None;
        }
        let sure = understood.zone == Zone::Sure;
        let intent = understood.intent.as_deref().filter(|_| sure);
        // Likeness is a guess: a sentence that plainly asks for something is not guessed at.
        let asks =
            intent.is_some_and(|intent| self.assistant.knowledge.by_intent.contains_key(intent));
        if !asks
            && let Some(answer) = similar(
                self.assistant,
                known,
                self.assistant.knowledge.spoken(self.session.language),
                &said,
            )
        {
            return told(answer);
        }
        // "Still logged in" says yes to that, and not to what else is asked.
        let tells_otherwise = !understood.facts.is_empty() && clauses.len() < 2;
        match intent? {
            "yes" | "no" if tells_otherwise => None,
            reply @ ("yes" | "no") => told(
                known
                    .answers
                    .iter()
                    .find(|answer| answer.id == reply)?
                    .id
                    .as_str(),
            ),
            UNSURE if known.unsure => told(UNSURE),
            _ => None,
        }
    }
}

/// How alike a short reply and an answer must be, and how much more than any other answer.
const ALIKE_MIN: f32 = 0.6;
const ALIKE_LEAD: f32 = 0.12;
/// Longer replies say more than an answer.
const REPLY_CHARACTERS_MAX: usize = 12;

/// The answer that a short reply is most like, letter by letter, if no other comes near: "还能登" is "还能登录".
fn similar<'f>(
    assistant: &Assistant,
    fact: &'f Fact,
    language: Language,
    said: &str,
) -> Option<&'f Id> {
    if said.chars().count() > REPLY_CHARACTERS_MAX {
        return None;
    }
    let mut ranked: Vec<(f32, &Id)> = fact
        .answers
        .iter()
        .map(|answer| {
            let label = assistant.skeleton(answer.label.get(language));
            let wordings = answer.words.iter().map(String::as_str);
            let wordings = wordings.chain(std::iter::once(&*label));
            // One character can turn the meaning round; then no likeness counts.
            let wordings = wordings.filter(|words| denials(words) == denials(said));
            (
                wordings
                    .map(|words| alikeness(words, said))
                    .fold(0.0, f32::max),
                &answer.id,
            )
        })
        .collect();
    ranked.sort_by(|(first, _), (second, _)| second.total_cmp(first));
    match ranked.as_slice() {
        [(best, answer), (second, _), ..] if *best >= ALIKE_MIN && best - second >= ALIKE_LEAD => {
            Some(answer)
        }
        _ => None,
    }
}
