//! Where no sound server can be watched: it says so once and does nothing more,
//! so that whoever strings the parts together need not know.

use crossbeam_channel::Sender;

use super::{Seen, Selection, Why};

/// Stands for a watching thread.
#[derive(Debug)]
pub struct Watch {
    /// Kept, so that the receiver does not see it closed.
    _out: Sender<Seen>,
}

/// Tells that programs cannot be seen here.
pub fn spawn(_select: Selection, out: Sender<Seen>) -> Watch {
    // A new channel has room; and nobody listens where it is closed.
    let _ = out.try_send(Seen::Gone { why: Why::Unsupported });
    Watch { _out: out }
}

impl Watch {
    /// Changes nothing: there is nothing to watch.
    pub fn select(&self, _select: Selection) {}

    /// Always.
    pub fn is_running(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_once_that_nothing_can_be_seen() {
        let (out, seen) = crossbeam_channel::bounded(2);
        let watch = spawn(Selection::default(), out);
        watch.select(Selection::default());
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [Seen::Gone { why: Why::Unsupported }]);
        assert!(watch.is_running());
    }
}
