//! A model as bytes, and back.

use super::{BUCKETS, Example, Model, Second, Stated, Table, index};
use crate::understanding::bytes::Reader;
use crate::understanding::encoder::DIMENSIONS;
use std::borrow::Cow;

/// What the bytes begin with. The digit grows when they are laid out otherwise.
const MAGIC: &[u8] = b"MIBAOMD2";

impl Model {
    /// The bytes of a model.
    pub fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.hash.to_le_bytes());
        write_names(&self.intents, &mut out);
        write_names(self.stated.answers(), &mut out);
        self.stated.table().write(&mut out);
        self.first.write(&mut out);
        out.push(u8::from(self.second.is_some()));
        if let Some(second) = &self.second {
            second.table.write(&mut out);
            out.extend(
                second
                    .weights
                    .iter()
                    .flat_map(|weight| weight.to_le_bytes()),
            );
        }
        out.extend(short(self.examples.len()));
        for example in &self.examples {
            out.extend(example.skeleton.to_le_bytes());
            out.extend(example.normalised.to_le_bytes());
            out.push(example.intent);
        }
        out.extend_from_slice(&self.points);
        out
    }

    /// The model that these bytes are, read in place; none if they are no model.
    pub fn read_in_place(bytes: &'static [u8]) -> Option<Self> {
        read(bytes, Cow::Borrowed)
    }

    /// The model that these bytes are; none if they are no model.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        read(bytes, |bytes| Cow::Owned(bytes.to_vec()))
    }
}

impl Table {
    fn write(&self, out: &mut Vec<u8>) {
        let reals = self.scale.iter().chain(&self.bias);
        out.extend(reals.flat_map(|real| real.to_le_bytes()));
        out.extend_from_slice(&self.weights);
    }
}

fn write_names(names: &[String], out: &mut Vec<u8>) {
    out.extend(short(names.len()));
    for name in names {
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend(name.as_bytes());
    }
}

fn names(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let count = reader.count()?;
    (0..count)
        .map(|_| reader.text().map(str::to_owned))
        .collect()
}

fn short(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

fn read<'b>(bytes: &'b [u8], keep: fn(&'b [u8]) -> Cow<'static, [u8]>) -> Option<Model> {
    let mut reader = Reader(bytes);
    if reader.bytes(MAGIC.len())? != MAGIC {
        return None;
    }
    let hash = reader.hash()?;
    let intents = names(&mut reader)?;
    let answers = names(&mut reader)?;
    let stated = table(&mut reader, Stated::BUCKETS, answers.len(), keep)?;
    let classes = intents.len();
    let first = table(&mut reader, BUCKETS, classes, keep)?;
    let second = match reader.byte()? {
        0 => None,
        _ => Some(Second {
            table: table(&mut reader, BUCKETS, classes, keep)?,
            weights: reader.reals(DIMENSIONS * classes)?,
        }),
    };
    let count = reader.count()?;
    let examples: Option<Vec<Example>> = (0..count)
        .map(|_| {
            Some(Example {
                skeleton: reader.hash()?,
                normalised: reader.hash()?,
                intent: reader.byte()?,
            })
        })
        .collect();
    let points = if second.is_some() {
        count * DIMENSIONS
    } else {
        0
    };
    let points = keep(reader.bytes(points)?);
    reader.0.is_empty().then_some(Model {
        hash,
        intents,
        stated: Stated::of(answers, stated),
        first,
        second,
        examples: examples?,
        points,
    })
}

fn table<'b>(
    reader: &mut Reader<'b>,
    buckets: u32,
    classes: usize,
    keep: fn(&'b [u8]) -> Cow<'static, [u8]>,
) -> Option<Table> {
    Some(Table {
        scale: reader.reals(classes)?,
        bias: reader.reals(classes)?,
        weights: keep(reader.bytes(index(buckets) * classes)?),
    })
}
