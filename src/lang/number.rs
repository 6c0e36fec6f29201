//! Numbers as Terraform has them: exact integers and 512-bit binary floats.

/// A number; whole numbers that fit are `Int`, everything else is a 512-bit binary float.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    Int(i64),
    // The lang engineer adds `Big(Box<...>)` and makes equality, order and hashing numeric.
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl Number {
    /// The number as `i64` where it is whole and in range.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
        }
    }
}
