//! CTranslate2's file of variables: an index of names, shapes and places, and
//! their numbers as 32 bit floats a few at a time.

use std::collections::HashMap;
use std::io::{Read, Seek};

use half::{bf16, f16};

use crate::transcript::models::convert::fault::ConvertFault;
use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::sniff::{self, Sort};
use crate::transcript::models::walk::Walk;

/// The only version of the format so far.
const VERSION: i32 = 6;

/// Dimensions that a variable has at most.
const MOST_DIMENSIONS: u8 = 4;

/// How a variable is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    F32,
    I8,
    I16,
    I32,
    F16,
    Bf16,
}

impl Stored {
    const fn of_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::F32),
            1 => Some(Self::I8),
            2 => Some(Self::I16),
            3 => Some(Self::I32),
            4 => Some(Self::F16),
            5 => Some(Self::Bf16),
            _ => None,
        }
    }

    const fn bytes(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }

    const fn is_quantised(self) -> bool {
        matches!(self, Self::I8 | Self::I16)
    }

    fn float(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::F32, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
            (Self::I32, [a, b, c, d]) => i32::from_le_bytes([*a, *b, *c, *d]) as f32,
            (Self::I16, [a, b]) => i16::from_le_bytes([*a, *b]).into(),
            (Self::F16, [a, b]) => f16::from_le_bytes([*a, *b]).to_f32(),
            (Self::Bf16, [a, b]) => bf16::from_le_bytes([*a, *b]).to_f32(),
            (Self::I8, [a]) => a.cast_signed().into(),
            // Never comes: bytes are cut into pieces of this length.
            _ => f32::NAN,
        }
    }
}

#[derive(Clone, Debug)]
struct Variable {
    shape: Vec<u32>,
    stored: Stored,
    /// Byte of the file.
    at: u64,
}

impl Variable {
    fn count(&self) -> u64 {
        self.shape.iter().map(|size| u64::from(*size)).product()
    }
}

/// The variables of a file.
pub(super) struct Variables<R> {
    walk: Walk<R>,
    index: HashMap<String, Variable>,
    /// Scales are small and needed for each row: read once.
    scales: HashMap<String, Vec<f32>>,
}

impl<R: Read + Seek> Variables<R> {
    /// Reads where each begins.
    pub(super) fn read(model: R) -> Result<Self, ConvertFault> {
        let mut walk = Walk::new(model)?;
        let (sort, head) = sniff::sort(&mut walk)?;
        match sniff::refusal(&head) {
            // Other versions of the format are among what is not known.
            ModelFault::NoModel { .. } => (),
            _ if sort != Sort::Other => (),
            fault => return Err(fault.into()),
        }
        let version = walk.number()?;
        if version != VERSION {
            return Err(ConvertFault::Version(version));
        }
        let spec = name(&mut walk)?;
        if spec != "WhisperSpec" {
            return Err(ConvertFault::Spec(spec));
        }
        walk.number()?;
        let mut index = HashMap::new();
        for _ in 0..walk.number()?.cast_unsigned() {
            let (name, variable) = variable(&mut walk)?;
            index.insert(name, variable);
        }
        for _ in 0..walk.number()?.cast_unsigned() {
            let (alias, of) = (name(&mut walk)?, name(&mut walk)?);
            let variable = index.get(&of).cloned().ok_or(ConvertFault::Missing(of))?;
            index.insert(alias, variable);
        }
        match walk.length() - walk.at() {
            0 => Ok(Self { walk, index, scales: HashMap::new() }),
            extra => Err(ConvertFault::TooLong(extra)),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    fn get(&self, name: &str) -> Result<&Variable, ConvertFault> {
        self.index.get(name).ok_or_else(|| ConvertFault::Missing(name.to_owned()))
    }

    /// One dimension of a variable.
    pub(super) fn size(&self, name: &str, at: usize) -> Result<u32, ConvertFault> {
        let missing = || ConvertFault::Size { variable: name.to_owned(), found: 0, expected: 1 };
        self.get(name)?.shape.get(at).copied().ok_or_else(missing)
    }

    /// Numbers of a variable.
    pub(super) fn count(&self, name: &str) -> Result<u64, ConvertFault> {
        self.get(name).map(Variable::count)
    }

    /// A variable that is one whole number.
    pub(super) fn scalar(&mut self, name: &str) -> Result<u32, ConvertFault> {
        let variable = self.get(name)?.clone();
        let found = variable.count();
        match (raw(&mut self.walk, &variable, 0, found.min(1))?.as_slice(), found) {
            // Stored as a whole number of one to four bytes.
            ([value], 1) => Ok(*value as u32),
            _ => Err(ConvertFault::Size { variable: name.to_owned(), found, expected: 1 }),
        }
    }

    /// Some numbers of a variable, the scale taken out.
    pub(super) fn values(&mut self, name: &str, from: u64, count: u64) -> Result<Vec<f32>, ConvertFault> {
        let variable = self.get(name)?.clone();
        let mut values = raw(&mut self.walk, &variable, from, count)?;
        if variable.stored.is_quantised() {
            self.scale(name, &variable, from, &mut values)?;
        }
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(ConvertFault::NotFinite(name.to_owned()))
        }
    }

    /// A scale for each row, or one for all.
    fn scale(
        &mut self,
        name: &str,
        variable: &Variable,
        from: u64,
        values: &mut [f32],
    ) -> Result<(), ConvertFault> {
        if !self.scales.contains_key(name) {
            let scale = self.index.get(&format!("{name}_scale")).cloned();
            let scale = scale.ok_or_else(|| ConvertFault::Scale(name.to_owned()))?;
            let scales = raw(&mut self.walk, &scale, 0, scale.count())?;
            self.scales.insert(name.to_owned(), scales);
        }
        let scales = self.scales.get(name).map(Vec::as_slice).unwrap_or_default();
        let row = variable.count().checked_div(scales.len() as u64).unwrap_or(0);
        if row == 0 || row * scales.len() as u64 != variable.count() {
            return Err(ConvertFault::Scale(name.to_owned()));
        }
        for (value, at) in values.iter_mut().zip(from..) {
            let scale = usize::try_from(at / row).ok().and_then(|row| scales.get(row));
            *value /= scale.copied().unwrap_or(f32::NAN);
        }
        Ok(())
    }
}

/// The numbers as they are stored.
fn raw(
    walk: &mut Walk<impl Read + Seek>,
    variable: &Variable,
    from: u64,
    count: u64,
) -> Result<Vec<f32>, ConvertFault> {
    let width = variable.stored.bytes();
    walk.go_to(variable.at + from.saturating_mul(width))?;
    let bytes = walk.bytes(count.saturating_mul(width))?;
    let step = usize::try_from(width).unwrap_or(1);
    Ok(bytes.chunks_exact(step).map(|piece| variable.stored.float(piece)).collect())
}

/// Text with its length before it, and a zero at its end that counts.
fn name(walk: &mut Walk<impl Read + Seek>) -> Result<String, ConvertFault> {
    let at = walk.at();
    let mut length = [0; 2];
    walk.take(&mut length)?;
    let bytes = walk.bytes(u16::from_le_bytes(length).into())?;
    let text = bytes.strip_suffix(&[0]).ok_or(ConvertFault::Name(at))?;
    let text = std::str::from_utf8(text).map_err(|_| ConvertFault::Name(at))?;
    if text.chars().any(char::is_control) {
        return Err(ConvertFault::Name(at));
    }
    Ok(text.to_owned())
}

fn variable(walk: &mut Walk<impl Read + Seek>) -> Result<(String, Variable), ConvertFault> {
    let name = name(walk)?;
    let mut rank = [0];
    walk.take(&mut rank)?;
    if MOST_DIMENSIONS < rank[0] {
        return Err(ConvertFault::Size {
            variable: name,
            found: rank[0].into(),
            expected: MOST_DIMENSIONS.into(),
        });
    }
    let mut shape = Vec::new();
    for _ in 0..rank[0] {
        shape.push(walk.number()?.cast_unsigned());
    }
    let mut number = [0];
    walk.take(&mut number)?;
    let Some(stored) = Stored::of_number(number[0]) else {
        return Err(ConvertFault::Type { variable: name, number: number[0] });
    };
    let bytes = u64::from(walk.number()?.cast_unsigned());
    let claimed = shape.iter().try_fold(stored.bytes(), |all, size| all.checked_mul((*size).into()));
    if claimed != Some(bytes) {
        return Err(ConvertFault::Bytes { variable: name, bytes });
    }
    let at = walk.at();
    walk.skip(bytes)?;
    Ok((name, Variable { shape, stored, at }))
}
