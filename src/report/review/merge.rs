//! The calls of several sources as one list.

use std::collections::BTreeMap;

use crate::report::review::Entry;

/// Puts calls into the order they began in. Of several records of one call the
/// newest stays; also says how many went.
pub fn merge(entries: impl IntoIterator<Item = Entry>) -> (Vec<Entry>, usize) {
    let mut newest: BTreeMap<String, Entry> = BTreeMap::new();
    let mut went = 0;
    for entry in entries {
        let Some(known) = newest.get_mut(&entry.meta.uid) else {
            newest.insert(entry.meta.uid.clone(), entry);
            continue;
        };
        went += 1;
        if known.meta.as_of.timestamp() < entry.meta.as_of.timestamp() {
            *known = entry;
        }
    }
    let mut entries: Vec<Entry> = newest.into_values().collect();
    entries.sort_by_key(|entry| entry.meta.began.timestamp());
    (entries, went)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::review::day::tests::{meta, wall};

    #[test]
    fn of_one_call_the_newest_record_stays_wherever_it_stands() {
        let record = |uid: &str, hour, as_of| {
            let mut meta = meta(hour, "ann");
            (meta.uid, meta.as_of) = (uid.to_owned(), wall(as_of));
            Entry::bare(&meta, "0123", Some(f64::from(as_of)))
        };
        let records = [record("b", 11, 12), record("a", 9, 14), record("a", 9, 13), record("a", 9, 15)];
        let (entries, went) = merge(records);
        let told: Vec<_> = entries.iter().map(|e| (e.meta.uid.as_str(), e.duration_s)).collect();
        assert_eq!((told, went), (vec![("a", Some(15.0)), ("b", Some(12.0))], 2));
    }
}
