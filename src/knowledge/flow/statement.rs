//! Everything in a pack that is not wording, said in statements: who leads where, on what condition, how likely, by
//! which source.
//!
//! What has an order in the pack has it here (steps, questions, routes, answers, buttons). What has none (conditions,
//! sources, intents, prompts) is sorted, so that writing it in another order is no change.

use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{self, At, Condition, Span, Trust};
use std::collections::{BTreeMap, BTreeSet};

/// What stands between the fields of a statement; the words of a field have one space between them.
pub(super) const GAP: &str = "  ";

/// One line of the flow.
pub(super) struct Statement<'d> {
    pub file: &'d str,
    /// The item, what is said of it, and its properties.
    pub fields: Vec<Field>,
}

/// One part of a line, and where in its file it stands.
pub(super) struct Field {
    pub text: String,
    pub span: Span,
}

impl Statement<'_> {
    pub fn line(&self) -> String {
        let fields: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.text.as_str())
            .collect();
        fields.join(GAP)
    }
}

/// All statements of a pack, item by item.
pub(super) fn statements(draft: &Draft) -> Vec<Statement<'_>> {
    let mut told = Telling {
        file: "",
        item: String::new(),
        statements: Vec::new(),
    };
    if let Some(Part { file, value }) = &draft.pack {
        told.about(file, "pack".to_owned());
        pack(&mut told, value);
    }
    for (id, Part { file, value }) in &draft.facts {
        told.about(file, format!("fact:{id}"));
        fact(&mut told, value);
    }
    for (id, Part { file, value }) in &draft.guides {
        told.about(file, format!("guide:{id}"));
        guide(&mut told, value);
    }
    for (id, Part { file, value }) in &draft.problems {
        told.about(file, format!("problem:{id}"));
        problem(&mut told, value);
    }
    prompts(&mut told, draft);
    for (id, Part { file, value }) in &draft.topics {
        told.about(file, format!("topic:{id}"));
        topic(&mut told, value);
    }
    for (id, Part { file, .. }) in &draft.words {
        told.about(file, format!("words:{id}"));
        told.say(Line::of("listed".to_owned(), Span::default()));
    }
    if let Some(Part { file, value }) = &draft.sources {
        sources(&mut told, file, value);
    }
    told.statements
}

fn pack(told: &mut Telling<'_>, pack: &raw::Pack) {
    told.say(Line::named("id", &pack.id));
    for language in &pack.languages {
        told.say(Line::of(
            format!("language {}", language.value.id()),
            language.span,
        ));
    }
    for item in &pack.menu {
        told.say(Line::named("menu", item));
    }
    told.say(Line::new("contact").then("->", Some(&pack.contact)));
    told.say(Line::new("private_data").then("->", Some(&pack.private_data)));
    told.say(Line::new("privacy").then("->", Some(&pack.privacy)));
    for intent in sorted(&pack.outside) {
        told.say(Line::named("outside", intent));
    }
    if let Some(safety) = &pack.safety {
        told.say(Line::new("safety loosening").condition("requires", &safety.loosening));
        told.say(
            Line::new("safety danger")
                .condition("when", &safety.danger)
                .then("->", Some(&safety.first)),
        );
    }
}

fn fact(told: &mut Telling<'_>, fact: &raw::Fact) {
    told.say(
        Line::of("asked".to_owned(), fact.question.span)
            .flag("unsure", fact.unsure)
            .sources(&fact.sources),
    );
    for answer in &fact.answer {
        told.say(Line::named("answer", &answer.id));
    }
}

fn guide(told: &mut Telling<'_>, guide: &raw::Guide) {
    told.all("intent", sorted(&guide.intents));
    for (fact, answer) in &guide.tells {
        told.say(Line::new("tells").given(fact, answer));
    }
    told.intro(guide.intro.as_ref());
    told.asks(&guide.ask);
    told.routes(&guide.route);
    for decline in &guide.decline {
        told.say(
            Line::of("decline".to_owned(), decline.topic.span)
                .condition("when", &decline.when)
                .then("->", Some(&decline.topic)),
        );
    }
    for step in &guide.step {
        told.say(
            Line::named("step", &step.id)
                .condition("when", &step.when)
                .condition("requires", &step.requires)
                .flag("irreversible", step.irreversible)
                .flag("loosens", step.loosens)
                .flag("optional", step.optional)
                .flag("as_shown", step.as_shown)
                .text("why", step.why.as_ref())
                .then("fails ->", step.fails.as_ref())
                .sources(&step.sources),
        );
    }
    if let Some(problem) = &guide.fails {
        told.say(Line::new("fails").then("->", Some(problem)));
    }
    told.all("related", &guide.related);
}

fn problem(told: &mut Telling<'_>, problem: &raw::Problem) {
    told.all("intent", sorted(&problem.intents));
    told.intro(problem.intro.as_ref());
    told.asks(&problem.ask);
    told.routes(&problem.route);
    for observe in &problem.observe {
        told.say(Line::named("observe", &observe.fact).number("minutes ", &observe.minutes));
        for (answer, weight) in &observe.usual {
            told.say(
                Line::new("usual")
                    .given(&observe.fact, answer)
                    .number("x", weight),
            );
        }
    }
    for cause in &problem.cause {
        told.say(
            Line::named("cause", &cause.id)
                .number("prior ", &cause.prior)
                .sources(&cause.sources),
        );
        for (fact, weights) in &cause.evidence {
            for (answer, weight) in weights {
                told.say(
                    Line::named("cause", &cause.id)
                        .given(fact, answer)
                        .number("x", weight),
                );
            }
        }
    }
    for remedy in &problem.remedy {
        told.say(
            Line::named("remedy", &remedy.id)
                .number("minutes ", &remedy.minutes)
                .number_if_any("wait_hours ", remedy.wait_hours.as_ref())
                .condition("requires", &remedy.requires)
                .flag("irreversible", remedy.irreversible)
                .flag("loosens", remedy.loosens)
                .flag("as_shown", remedy.as_shown)
                .sources(&remedy.sources),
        );
        for (cause, chance) in &remedy.fixes {
            told.say(
                Line::named("remedy", &remedy.id)
                    .then("fixes", Some(cause))
                    .number("", chance),
            );
        }
    }
    told.say(
        Line::new("handover")
            .number("minutes ", &problem.handover.minutes)
            .sources(&problem.handover.sources),
    );
    told.all("related", &problem.related);
}

/// A prompt is known by its id whichever file it stands in, so the files make no difference here.
fn prompts<'d>(told: &mut Telling<'d>, draft: &'d Draft) {
    let parts = draft.prompts.values();
    let mut prompts: Vec<(&str, &raw::Prompt)> = parts
        .flat_map(|part| part.value.prompt.iter().map(|prompt| (&*part.file, prompt)))
        .collect();
    prompts.sort_by(|(_, one), (_, other)| one.id.value.cmp(&other.id.value));
    for (file, prompt) in prompts {
        told.about(file, format!("prompt:{}", prompt.id.value));
        let mut line = Line::of("shown".to_owned(), prompt.id.span);
        for (fact, answer) in &prompt.facts {
            line = line.given(fact, answer);
        }
        for code in sorted(&prompt.codes) {
            line = line.with(format!("code {}", code.value), code.span);
        }
        told.say(
            line.then("->", prompt.to.as_ref())
                .flag("as_shown", prompt.as_shown)
                .sources(&prompt.sources),
        );
    }
}

fn topic(told: &mut Telling<'_>, topic: &raw::Topic) {
    told.all("intent", sorted(&topic.intents));
    told.say(
        Line::of("told".to_owned(), topic.title.span)
            .flag("refuses", topic.refuses)
            .flag("heeded", !topic.patterns.is_empty())
            .flag(
                &format!("followed {}", topic.then.len()),
                !topic.then.is_empty(),
            )
            .text("reminder", topic.reminder.as_ref())
            .then("reads_as", topic.reads_as.as_ref())
            .flag(&format!("urgency {}", topic.urgency), topic.urgency > 0)
            .flag("as_shown", topic.as_shown)
            .sources(&topic.sources),
    );
    told.all("related", &topic.related);
}

fn sources<'d>(told: &mut Telling<'d>, file: &'d str, sources: &raw::Sources) {
    let mut listed: Vec<&raw::Source> = sources.source.iter().collect();
    listed.sort_by(|one, other| one.id.value.cmp(&other.id.value));
    for source in listed {
        told.about(file, format!("source:{}", source.id.value));
        let trust = match source.trust {
            Trust::High => "high",
            Trust::Medium => "medium",
            Trust::Low => "low",
        };
        told.say(Line::of(format!("trust {trust}"), source.id.span));
    }
    let mut ledger: Vec<&raw::Statement> = sources.statement.iter().collect();
    ledger.sort_by(|one, other| one.id.value.cmp(&other.id.value));
    for statement in ledger {
        told.about(file, format!("statement:{}", statement.id.value));
        let fate = match statement.fate.value {
            raw::Fate::Told => "told",
            raw::Fate::Corrected => "corrected",
            raw::Fate::Dropped => "dropped",
        };
        told.say(
            Line::of(format!("fate {fate}"), statement.fate.span)
                .text("reason", statement.reason.as_ref()),
        );
    }
}

/// Collects statements, each about the item that was named last.
struct Telling<'d> {
    file: &'d str,
    item: String,
    statements: Vec<Statement<'d>>,
}

impl<'d> Telling<'d> {
    fn about(&mut self, file: &'d str, item: String) {
        self.file = file;
        self.item = item;
    }

    fn say(&mut self, line: Line) {
        let item = Field {
            text: self.item.clone(),
            span: Span::default(),
        };
        self.statements.push(Statement {
            file: self.file,
            fields: std::iter::once(item).chain(line.fields).collect(),
        });
    }

    fn all<'n>(&mut self, what: &str, names: impl IntoIterator<Item = &'n At<String>>) {
        for name in names {
            self.say(Line::named(what, name));
        }
    }

    fn intro<T>(&mut self, intro: Option<&At<T>>) {
        if let Some(intro) = intro {
            self.say(Line::of("intro".to_owned(), intro.span));
        }
    }

    fn asks(&mut self, asks: &[raw::Ask]) {
        for ask in asks {
            self.say(Line::named("ask", &ask.fact).condition("when", &ask.when));
        }
    }

    fn routes(&mut self, routes: &[raw::Route]) {
        for route in routes {
            self.say(
                Line::of("route".to_owned(), route.to.span)
                    .condition("when", &route.when)
                    .then("->", Some(&route.to))
                    .text("say", route.say.as_ref()),
            );
        }
    }
}

/// What is said of an item: what it is about, then each property that it has.
struct Line {
    fields: Vec<Field>,
}

impl Line {
    fn of(text: String, span: Span) -> Self {
        Self {
            fields: vec![Field { text, span }],
        }
    }

    /// Something without a name of its own: its place is the next property's.
    fn new(what: &str) -> Self {
        Self::of(what.to_owned(), Span::default())
    }

    fn named(what: &str, name: &At<String>) -> Self {
        Self::of(format!("{what} {}", name.value), name.span)
    }

    fn with(mut self, text: String, span: Span) -> Self {
        if let Some(head) = self.fields.first_mut()
            && head.span == Span::default()
        {
            head.span = span;
        }
        self.fields.push(Field { text, span });
        self
    }

    fn flag(self, word: &str, set: bool) -> Self {
        match self.fields.first().map(|head| head.span) {
            Some(place) if set => self.with(word.to_owned(), place),
            _ => self,
        }
    }

    /// A text that may be missing: only whether it is there.
    fn text<T>(self, word: &str, text: Option<&At<T>>) -> Self {
        match text {
            Some(text) => self.with(word.to_owned(), text.span),
            None => self,
        }
    }

    fn then(self, how: &str, name: Option<&At<String>>) -> Self {
        match name {
            Some(name) => self.with(format!("{how} {}", name.value), name.span),
            None => self,
        }
    }

    fn given(self, fact: &At<String>, answer: &At<String>) -> Self {
        self.with(format!("{}={}", fact.value, answer.value), answer.span)
    }

    fn number(self, unit: &str, number: &At<f64>) -> Self {
        self.with(format!("{unit}{}", number.value), number.span)
    }

    fn number_if_any(self, unit: &str, number: Option<&At<f64>>) -> Self {
        match number {
            Some(number) => self.number(unit, number),
            None => self,
        }
    }

    fn condition(self, how: &str, condition: &Condition) -> Self {
        let Some(place) = condition.keys().map(|fact| fact.span).min() else {
            return self;
        };
        let parts: Vec<String> = condition
            .iter()
            .map(|(fact, answers)| format!("{}={}", fact.value, names(answers).join("|")))
            .collect();
        self.with(format!("{how} {}", parts.join(", ")), place)
    }

    fn sources(self, sources: &[At<String>]) -> Self {
        let Some(place) = sources.iter().map(|source| source.span).min() else {
            return self;
        };
        self.with(format!("sources {}", names(sources).join(" ")), place)
    }
}

/// The names in a list whose order says nothing.
fn names(list: &[At<String>]) -> Vec<&str> {
    let set: BTreeSet<&str> = list.iter().map(|name| name.value.as_str()).collect();
    set.into_iter().collect()
}

/// The same with their places.
fn sorted(list: &[At<String>]) -> Vec<&At<String>> {
    let set: BTreeMap<&str, &At<String>> = list
        .iter()
        .map(|name| (name.value.as_str(), name))
        .collect();
    set.into_values().collect()
}
