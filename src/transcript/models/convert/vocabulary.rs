//! The words that tokens stand for, out of the three forms in which they lie
//! beside a model of CTranslate2.

use std::collections::HashMap;

use serde_json::Value;

use crate::transcript::models::convert::fault::ConvertFault;

/// Words that are written, whatever the family: whisper.cpp makes up the rest.
pub(super) const WORDS: u32 = 50_257;

/// How a vocabulary is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `vocabulary.json`: a list.
    List,
    /// `vocabulary.txt`: a word a line. One of them may be empty.
    Lines,
    /// `tokenizer.json`: numbers by words, among much else.
    Tokenizer,
}

impl Form {
    /// By the name of its file.
    pub(super) fn of_file(name: &str) -> Option<Self> {
        match name {
            "vocabulary.json" => Some(Self::List),
            "vocabulary.txt" => Some(Self::Lines),
            "tokenizer.json" => Some(Self::Tokenizer),
            _ => None,
        }
    }
}

/// The words as the bytes that they stand for.
///
/// # Errors
/// Where it cannot be read, has too few words, or some that Whisper has not.
pub fn vocabulary(form: Form, bytes: &[u8]) -> Result<Vec<Vec<u8>>, ConvertFault> {
    let words = match form {
        Form::List => {
            serde_json::from_slice(bytes).map_err(|_| ConvertFault::Vocabulary("it is no list of words"))?
        }
        Form::Lines => lines(bytes)?,
        Form::Tokenizer => tokenizer(bytes)?,
    };
    let most = WORDS as usize;
    if words.len() < most {
        return Err(ConvertFault::Words { found: words.len(), expected: WORDS });
    }
    let letters = letters();
    let plain = |(at, word): (usize, &String)| {
        word.chars()
            .map(|c| letters.get(&c).copied())
            .collect::<Option<Vec<u8>>>()
            .ok_or(ConvertFault::Word(at))
    };
    words.iter().take(most).enumerate().map(plain).collect()
}

fn lines(bytes: &[u8]) -> Result<Vec<String>, ConvertFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| ConvertFault::Vocabulary("it is no text"))?;
    Ok(text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect())
}

fn tokenizer(bytes: &[u8]) -> Result<Vec<String>, ConvertFault> {
    const FAULT: ConvertFault = ConvertFault::Vocabulary("it holds no words with their numbers");
    let all: Value = serde_json::from_slice(bytes).map_err(|_| FAULT)?;
    let mut words = vec![String::new(); WORDS as usize];
    let mut put = |word: &str, number: &Value| {
        let at = number.as_u64().and_then(|at| usize::try_from(at).ok());
        if let Some(place) = at.and_then(|at| words.get_mut(at)) {
            word.clone_into(place);
        }
    };
    let listed = all.pointer("/model/vocab").and_then(Value::as_object).ok_or(FAULT)?;
    listed.iter().for_each(|(word, number)| put(word, number));
    // The end of a text stands here in some.
    for added in all.get("added_tokens").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(word), Some(number)) = (added.get("content").and_then(Value::as_str), added.get("id")) {
            put(word, number);
        }
    }
    Ok(words)
}

/// How bytes are written as letters that can be seen: most as themselves, the
/// others as those from 256 on.
fn letters() -> HashMap<char, u8> {
    let seen = |byte: u8| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let mut others = (256..).filter_map(char::from_u32);
    let letter = |byte: u8| if seen(byte) { Some(char::from(byte)) } else { others.next() };
    let letters: Vec<_> = (0..=255).map(letter).collect();
    letters.into_iter().zip(0..=255).filter_map(|(letter, byte)| Some((letter?, byte))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough words, the last three of them given.
    fn words(last: [&str; 3]) -> Vec<String> {
        let mut words = vec!["a".to_owned(); WORDS as usize - 3];
        words.extend(last.map(str::to_owned));
        words
    }

    #[test]
    fn all_forms_give_the_same_bytes() {
        let list = words(["Ġcall", "Ċ", "<|endoftext|>"]);
        let json = serde_json::to_vec(&list).unwrap();
        let by_list = vocabulary(Form::List, &json).unwrap();
        assert_eq!(
            by_list[WORDS as usize - 3..],
            [b" call".to_vec(), b"\n".to_vec(), b"<|endoftext|>".to_vec()]
        );
        assert_eq!(vocabulary(Form::Lines, list.join("\n").as_bytes()).unwrap(), by_list);

        let vocab: serde_json::Map<_, _> = [("Ġcall", WORDS - 3), ("Ċ", WORDS - 2)]
            .map(|(w, at)| (w.to_owned(), at.into()))
            .into_iter()
            .collect();
        let tokenizer = serde_json::json!({
            "model": { "vocab": vocab },
            "added_tokens": [{ "id": WORDS - 1, "content": "<|endoftext|>" }, { "id": 60_000, "content": "x" }],
        });
        let by_number = vocabulary(Form::Tokenizer, tokenizer.to_string().as_bytes()).unwrap();
        assert_eq!(by_number[WORDS as usize - 3..], by_list[WORDS as usize - 3..]);
    }

    #[test]
    fn an_empty_word_is_one_and_stays_in_its_place() {
        let list = words(["Ġcall", "", "x"]).join("\n");
        let words = vocabulary(Form::Lines, list.as_bytes()).unwrap();
        assert_eq!(words[WORDS as usize - 2..], [b"".to_vec(), b"x".to_vec()]);
    }

    #[test]
    fn every_byte_can_be_written() {
        let mut bytes: Vec<_> = letters().into_values().collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn what_is_no_vocabulary_is_told() {
        let told = |form, bytes: &[u8]| vocabulary(form, bytes).unwrap_err().to_string();
        assert_eq!(told(Form::Lines, b"a\nb"), "the vocabulary has 2 words, expected 50257 or more");
        assert_eq!(told(Form::Lines, b"\xff"), "the vocabulary is damaged: it is no text");
        assert_eq!(told(Form::List, b"{"), "the vocabulary is damaged: it is no list of words");
        assert_eq!(
            told(Form::Tokenizer, b"{}"),
            "the vocabulary is damaged: it holds no words with their numbers"
        );
        let strange = words(["日", "b", "c"]).join("\n");
        assert_eq!(
            told(Form::Lines, strange.as_bytes()),
            "word 50254 of the vocabulary is not written as Whisper's are"
        );
    }
}
