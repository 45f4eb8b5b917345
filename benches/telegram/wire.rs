//! As much of HTTP and JSON as the server needs: requests are cut out of what has come, and their fields out of the body,
//! without a copy. Whatever is not understood is not there.

use std::io::Write;

/// A call of the Bot API, whole.
pub struct Request<'b> {
    /// The last part of the path, as it was written.
    pub method: &'b [u8],
    pub body: &'b [u8],
    /// How many bytes it took.
    pub length: usize,
}

/// The first request in these bytes, if all of it has come.
pub fn request(bytes: &[u8]) -> Option<Request<'_>> {
    let body_at = find(bytes, b"\r\n\r\n")? + 4;
    let head = bytes.get(..body_at)?;
    let mut lines = head.split(|byte| *byte == b'\n');
    let path = lines.next()?.split(|byte| *byte == b' ').nth(1)?;
    let method = path.rsplit(|byte| *byte == b'/').next()?;
    let length = body_at + lines.find_map(content_length).unwrap_or(0);
    Some(Request {
        method,
        body: bytes.get(body_at..length)?,
        length,
    })
}

fn content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(NAME.len())?;
    name.eq_ignore_ascii_case(NAME)
        .then(|| number(value.trim_ascii()))?
        .and_then(|length| length.try_into().ok())
}

/// Answers that it went well, with this body.
pub fn answer(output: &mut Vec<u8>, body: &[u8]) {
    write!(
        output,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .expect("a Vec takes it");
    output.extend_from_slice(body);
}

/// The fields of an object, with their values as they are written.
pub struct Fields<'b> {
    rest: &'b [u8],
}

pub fn fields(object: &[u8]) -> Fields<'_> {
    Fields {
        rest: object.trim_ascii_start().get(1..).unwrap_or_default(),
    }
}

impl<'b> Iterator for Fields<'b> {
    type Item = (&'b [u8], &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest.iter().position(|byte| *byte == b'"')?;
        let rest = self.rest.get(start..)?;
        let (key, rest) = rest.split_at_checked(value_length(rest)?)?;
        let colon = rest.iter().position(|byte| *byte == b':')?;
        let rest = rest.get(colon + 1..)?.trim_ascii_start();
        let (value, rest) = rest.split_at_checked(value_length(rest)?)?;
        self.rest = rest;
        Some((key.get(1..key.len() - 1)?, value.trim_ascii_end()))
    }
}

/// How many bytes the value takes that these begin with.
fn value_length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += string_length(bytes.get(at..)?)?;
                if depth == 0 {
                    return Some(at);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(at + depth),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A number, also one that is written as a string.
pub fn number(bytes: &[u8]) -> Option<i64> {
    let digits = std::str::from_utf8(bytes).ok()?;
    digits.trim_matches('"').parse().ok()
}

/// Where this stands.
pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Every number that stands behind this, in order.
pub fn numbers_after<'b>(bytes: &'b [u8], what: &'b [u8]) -> impl Iterator<Item = i64> + 'b {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        rest = rest.get(find(rest, what)? + what.len()..)?;
        let length = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        number(rest.get(..length)?)
    })
}
