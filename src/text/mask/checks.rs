//! What numbers of a kind have in common: sums of their digits, dates within them, how they begin.

/// GB 11643-1999: the last character makes the weighted sum 1 modulo 11 (ISO 7064 MOD 11-2). An X counts 10.
pub(super) fn is_id_card(digits: &[u8]) -> bool {
    let weighted = digits.iter().rev().fold((0, 1), |(sum, weight), digit| {
        (sum + u32::from(*digit) * weight, weight * 2 % 11)
    });
    digits.len() == 18 && weighted.0 % 11 == 1 && is_province(digits) && is_birthday(digits, 6, 8)
}

/// Of before 1999: no sum, and the year in two digits.
pub(super) fn is_old_id_card(digits: &[u8]) -> bool {
    digits.len() == 15 && is_province(digits) && is_birthday(digits, 6, 6)
}

fn is_province(digits: &[u8]) -> bool {
    matches!(
        number(digits, 0, 2),
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83
    )
}

/// A date of birth: of eight digits with its century, of six without.
fn is_birthday(digits: &[u8], from: usize, count: usize) -> bool {
    let (year, rest) = if count == 8 {
        (number(digits, from, 4), from + 4)
    } else {
        (1900 + number(digits, from, 2), from + 2)
    };
    (1880..=2099).contains(&year) && is_day(number(digits, rest, 2), number(digits, rest + 2, 2))
}

fn is_day(month: u32, day: u32) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A date, as 20240511.
pub(super) fn is_date(digits: &[u8]) -> bool {
    let year = number(digits, 0, 4);
    digits.len() == 8
        && (1900..=2099).contains(&year)
        && is_day(number(digits, 4, 2), number(digits, 6, 2))
}

/// The Luhn check (ISO/IEC 7812-1).
pub(super) fn is_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| digit * 2 / 10 + digit * 2 % 10;
    let places = digits.iter().rev().enumerate();
    let sum: u32 = places
        .map(|(place, digit)| {
            u32::from(if place % 2 == 1 {
                doubled(*digit)
            } else {
                *digit
            })
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A card by its sum, its length and how the networks' numbers begin: orders and devices have Luhn sums too.
pub(super) fn is_bank_card(digits: &[u8]) -> bool {
    let two = number(digits, 0, 2);
    let four = number(digits, 0, 4);
    let begins = match digits.len() {
        15 => matches!(two, 34 | 37),
        16 => matches!(two, 35 | 36 | 40..=69) || (2221..=2720).contains(&four),
        17..=19 => two == 62 || two == 60 || four == 9558,
        _ => false,
    };
    begins && is_luhn(digits)
}

/// A mobile number of the mainland.
pub(super) fn is_mobile(digits: &[u8]) -> bool {
    digits.len() == 11 && (13..=19).contains(&number(digits, 0, 2))
}

/// How many digits follow a country's code, of the countries that people write without a plus too, and of the likeliest others.
pub(super) fn digits_after(country: u32) -> Option<std::ops::RangeInclusive<usize>> {
    Some(match country {
        1 | 44 | 81 | 82 | 84 | 63 | 7 | 91 | 33 | 39 | 49 | 34 | 55 => 9..=11,
        60 | 61 | 62 | 64 | 66 => 8..=11,
        65 | 852 | 853 => 8..=8,
        86 => 10..=11,
        886 => 8..=9,
        _ => return None,
    })
}

/// Numbers that everybody may know: lines of services, carriers and the police.
pub(super) fn is_official(digits: &[u8]) -> bool {
    let three = number(digits, 0, 3);
    match digits.len() {
        3 => true,
        5 => matches!(three, 100 | 121..=125 | 950..=959),
        6 => matches!(three, 950..=959),
        10 => matches!(three, 400 | 800),
        12 => digits == [0, 7, 5, 5, 8, 3, 7, 6, 5, 5, 6, 6],
        _ => false,
    }
}

/// What short messages of services come from.
pub(super) fn is_sender(digits: &[u8]) -> bool {
    digits.len() >= 8 && number(digits, 0, 3) == 106
}

/// An identity card of Hong Kong by its check digit: one or two letters, six digits, a digit or A in brackets.
pub(super) fn is_hong_kong(letters: &str, digits: &[u8], check: u32) -> bool {
    let values: Vec<u32> = letters
        .bytes()
        .map(|letter| u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 10)
        .chain(digits.iter().map(|digit| u32::from(*digit)))
        .chain([check])
        .collect();
    // A single letter has a space before it, which counts 36.
    let blank = if letters.len() == 1 { 36 * 9 } else { 0 };
    let sum: u32 = values
        .iter()
        .rev()
        .zip(1..)
        .map(|(value, weight)| value * weight)
        .sum();
    digits.len() == 6 && (sum + blank).is_multiple_of(11)
}

fn number(digits: &[u8], from: usize, count: usize) -> u32 {
    let digits = digits.iter().skip(from).take(count);
    digits.fold(0, |number, digit| number * 10 + u32::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.chars()
            .map(|character| {
                let digit = character.to_digit(10).unwrap_or(10);
                u8::try_from(digit).unwrap()
            })
            .collect()
    }

    #[test]
    fn sums_and_dates_hold_or_not() {
        assert!(is_id_card(&digits("11010519491231002X")));
        assert!(!is_id_card(&digits("110105194912310021")));
        assert!(is_old_id_card(&digits("110105491231002")));
        assert!(!is_old_id_card(&digits("490154203237518")));
        assert!(is_bank_card(&digits("4111111111111111")));
        assert!(!is_bank_card(&digits("4111111111111112")));
        assert!(!is_bank_card(&digits("490154203237518")), "a device");
        assert!(is_date(&digits("20240229")));
        assert!(!is_date(&digits("20241329")));
        assert!(is_mobile(&digits("13800138000")));
        assert!(!is_mobile(&digits("12800138000")));
        assert!(is_hong_kong("a", &digits("123456"), 3));
        assert!(is_hong_kong("c", &digits("123456"), 9));
        assert!(!is_hong_kong("c", &digits("123456"), 8));
    }

    #[test]
    fn official_numbers_are_known() {
        for official in [
            "110",
            "10086",
            "10000",
            "95017",
            "12321",
            "4006700700",
            "075583765566",
        ] {
            assert!(is_official(&digits(official)), "{official}");
        }
        for own in ["13800138000", "123456789", "62345678", "1069070059", "1069"] {
            assert!(!is_official(&digits(own)), "{own}");
        }
        assert!(is_sender(&digits("1069070059")));
    }
}
