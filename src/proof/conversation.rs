//! A conversation that shows something, as a person would have it: lines that `mibao chat` replays.

use super::model::Model;
use super::sentences::Sentences;
use super::ways::{Place, Ways};
use crate::dialogue::{
    self, Assistant, Command, Content, Entry, Input, Outcome, Prompt, RemedyResult, Session,
    StepResult, Turn, View, place, step,
};
use crate::knowledge::{Facts, Id, Item, Knowledge};
use crate::text::markup;
use chrono::{DateTime, TimeDelta};

/// What the user does, line by line, after the greeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub lines: Vec<String>,
}

impl Conversation {
    /// The whole conversation as the user sees it: their lines after `›`, buttons in brackets.
    #[must_use]
    pub fn transcript(&self, assistant: &Assistant) -> String {
        let mut talk = Talk::new(assistant);
        let mut told = String::new();
        for line in &self.lines {
            let turn = talk.does(line);
            told.extend(["› ", line, "\n\n"]);
            for reply in &turn.replies {
                for text in markup::plain(&reply.text).lines() {
                    told.push_str(format!("  {text}").trim_end());
                    told.push('\n');
                }
                for row in &reply.buttons {
                    let labels: Vec<String> = row
                        .iter()
                        .map(|button| format!("[{}]", button.label))
                        .collect();
                    told.extend(["  ", &labels.join(" "), "\n"]);
                }
            }
            told.push('\n');
        }
        told
    }

    /// The command that replays it, for a shell. `arguments` are those of `mibao chat`. Where a pack has several languages it
    /// says in which the lines were found, for otherwise one of them might be answered in another.
    #[must_use]
    pub fn command(&self, knowledge: &Knowledge, arguments: &str) -> String {
        let language = match knowledge.languages.as_slice() {
            [] | [_] => String::new(),
            [first, ..] => format!(" --language {}", first.id()),
        };
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| format!("'{}'", line.replace('\'', "'\\''")))
            .collect();
        format!(
            "printf '%s\\n' {} | mibao chat{arguments}{language}",
            lines.join(" ")
        )
    }
}

/// Somebody talking to the assistant.
pub(super) struct Talk<'a> {
    assistant: &'a Assistant,
    pub session: Session,
    /// The newest turn.
    pub turn: Turn,
    pub lines: Vec<String>,
}

impl<'a> Talk<'a> {
    pub fn new(assistant: &'a Assistant) -> Self {
        let mut talk = Self {
            assistant,
            session: Session::default(),
            turn: Turn::silent(),
            lines: Vec::new(),
        };
        // What a sentence does is looked at in a language that no other sentence changes.
        talk.session.choose(assistant.knowledge.spoken(None));
        talk.act(Content::Command(Command::Start, String::new()));
        talk
    }

    fn act(&mut self, content: Content) {
        let input = Input {
            at: moment(self.session.turn),
            language: None,
            content,
            removable: false,
        };
        let session = std::mem::take(&mut self.session);
        (self.session, self.turn) = step(self.assistant, session, &input);
    }

    pub fn does(&mut self, line: &str) -> &Turn {
        self.act(Content::typed(line));
        self.lines.push(line.to_owned());
        &self.turn
    }

    fn view(&self) -> View {
        View::of(&self.assistant.knowledge, &self.session.case)
    }

    pub fn place(&self) -> dialogue::Place<'a> {
        place(&self.assistant.knowledge, &self.view())
    }

    /// Whether these facts and nothing else is known.
    pub fn knows_only(&self, facts: &Facts) -> bool {
        let view = self.view();
        view.facts == *facts && view.steps.is_empty() && view.remedies.is_empty()
    }

    /// Answers what is pending as planned, for as long as the plan has an answer to it; what is never asked is said.
    pub fn follow(&mut self, plan: &[Entry], sentences: &Sentences) {
        let mut plan = plan.to_vec();
        // Each turn takes an entry off the plan, or ends it.
        while !plan.is_empty() {
            let view = self.view();
            let prompt = place(&self.assistant.knowledge, &view).prompt;
            if let Some(found) = plan.iter().position(|entry| answers(entry, &prompt)) {
                let entry = plan.remove(found);
                let Some(label) = self.label(&entry) else {
                    return;
                };
                self.does(&label);
                continue;
            }
            let unasked = plan
                .iter()
                .position(|entry| matches!(entry, Entry::Fact { .. }));
            let Some(Entry::Fact { fact, answer, .. }) = unasked.map(|found| plan.remove(found))
            else {
                return;
            };
            if view.facts.get(&fact) != Some(&answer)
                && let Some(said) = sentences.facts.get(&(fact, answer))
            {
                self.does(&said.words.clone());
            }
        }
    }

    /// What is written on the button that tells this.
    fn label(&self, entry: &Entry) -> Option<String> {
        let act = match entry {
            Entry::Fact { fact, answer, .. } => format!(".{fact}={answer}"),
            Entry::Step { result, .. } => match result {
                StepResult::Done => ".done",
                StepResult::Skipped => ".skipped",
                StepResult::Failed => ".failed",
            }
            .to_owned(),
            Entry::Remedy { result, .. } => match result {
                RemedyResult::Helped => ".helped",
                RemedyResult::NotHelped => ".not_helped",
                RemedyResult::Impossible => ".impossible",
            }
            .to_owned(),
            Entry::Goal(_) | Entry::Later(_) | Entry::Dropped(_) | Entry::End(_) | Entry::Fresh => {
                return None;
            }
        };
        self.pressing(&act)
    }

    /// What is written on the button whose id ends like this.
    fn pressing(&self, act: &str) -> Option<String> {
        let buttons = self.turn.replies.iter().flat_map(|reply| &reply.buttons);
        buttons
            .flatten()
            .find(|button| button.id.ends_with(act))
            .map(|button| button.label.clone())
    }

    fn is_at(&self, goal: &Item) -> bool {
        self.view().goal.as_ref() == Some(goal)
    }
}

/// The time of a turn: a minute after the one before, in a year that nobody confuses with today.
pub(super) fn moment(turn: u64) -> DateTime<chrono::Utc> {
    let minutes = i64::try_from(turn).unwrap_or(0);
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn answers(entry: &Entry, prompt: &Prompt) -> bool {
    match (entry, prompt) {
        (Entry::Fact { fact, .. }, Prompt::Ask { fact: asked, .. }) => fact == asked,
        (
            Entry::Step { guide, step, .. },
            Prompt::Step {
                guide: of,
                step: put,
                ..
            },
        ) => guide == of && step == put,
        (
            Entry::Remedy {
                problem, remedy, ..
            },
            Prompt::Remedy {
                problem: of,
                remedy: put,
            },
        ) => problem == of && remedy == put,
        _ => false,
    }
}

/// Opens a goal in the fewest words: by the menu, by a sentence, by a message that leads to it, or by way of a guide
/// that seemed to have worked.
pub(super) fn open<'a>(
    assistant: &'a Assistant,
    model: &mut Model<'_>,
    ways: &Ways,
    sentences: &Sentences,
    goal: &Item,
) -> Option<Talk<'a>> {
    let knowledge = &assistant.knowledge;
    let language = knowledge.spoken(None);
    let title = knowledge.title(goal).map(|title| title.get(language));
    let intents = knowledge
        .by_intent
        .iter()
        .filter(|(_, item)| *item == goal)
        .filter_map(|(intent, _)| sentences.intents.get(intent));
    let prompts = knowledge
        .prompts
        .iter()
        .filter(|(_, prompt)| prompt.to.as_ref() == Some(goal))
        .filter_map(|(id, _)| sentences.prompts.get(id));
    let said = intents
        .chain(prompts)
        .filter(|said| !said.made_up)
        .map(|said| said.words.as_str());
    for line in title.into_iter().chain(said) {
        let mut talk = Talk::new(assistant);
        talk.does(line);
        if talk.is_at(goal) {
            return Some(talk);
        }
    }
    if let Some(title) = title
        && let Some(talk) = open_beside(assistant, sentences, goal, title)
    {
        return Some(talk);
    }
    let Item::Problem(problem) = goal else {
        return None;
    };
    let guides: Vec<Id> = knowledge
        .guides
        .iter()
        .filter(|(_, guide)| guide.fails.as_ref() == Some(problem))
        .map(|(id, _)| id.clone())
        .collect();
    guides
        .iter()
        .find_map(|id| open_by(assistant, model, ways, sentences, goal, id))
}

/// Opens a goal that is offered below the answer to a question.
fn open_beside<'a>(
    assistant: &'a Assistant,
    sentences: &Sentences,
    goal: &Item,
    title: &str,
) -> Option<Talk<'a>> {
    let knowledge = &assistant.knowledge;
    let beside = knowledge
        .by_intent
        .iter()
        .filter(|(_, item)| !item.is_goal() && knowledge.related(item).contains(goal))
        .filter_map(|(intent, _)| sentences.intents.get(intent))
        .filter(|said| !said.made_up);
    beside
        .map(|said| {
            let mut talk = Talk::new(assistant);
            talk.does(&said.words);
            talk.does(title);
            talk
        })
        .find(|talk| talk.is_at(goal))
}

fn open_by<'a>(
    assistant: &'a Assistant,
    model: &mut Model<'_>,
    ways: &Ways,
    sentences: &Sentences,
    goal: &Item,
    guide: &Id,
) -> Option<Talk<'a>> {
    let through = Item::Guide(guide.clone());
    let mut talk = open(assistant, model, ways, sentences, &through)?;
    let number = model.item(&through)?;
    let solved = |(put, path): &Place| {
        let prompt = model.put(*put).map(|put| &put.prompt);
        let outcome = prompt.and_then(Prompt::outcome);
        outcome == Some(Outcome::Solved) && path.as_slice() == [number]
    };
    let nodes = ways.places.iter().filter(|(place, _)| solved(place));
    let node = nodes.map(|(_, node)| *node).min()?;
    let (_, plan) = ways.plan(model, node);
    talk.follow(&plan, sentences);
    let label = talk.pressing(".not_solved")?;
    talk.does(&label);
    talk.is_at(goal).then_some(talk)
}
