//! Opening: what is checked, what is put aside, what is brought up to date.

use super::*;
use crate::store::{Filter, Reader};

/// A folder for data and one for state.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn state(&self) -> PathBuf {
        self.0.path().join("state")
    }

    fn open(&self) -> Result<Opened, StoreError> {
        open(&self.data(), &self.state(), Wall::now())
    }

    fn file(&self) -> PathBuf {
        self.data().join(files::NAME)
    }
}

/// Calls with so much in them that damage in the middle hits some.
fn fill(database: &Database, calls: u32) {
    for call in 0..calls {
        database
            .db
            .execute(
                "INSERT INTO calls (uid, state, began_ms, began_offset_s, agent, microphone, headset, profile,
                     trigger, config_hash, version) VALUES (randomblob(16), 'closed', ?1, 0, 'ann', 'm', 'h', 'p',
                     'order', 'c', '0')",
                [call],
            )
            .unwrap();
        let id = database.db.last_insert_rowid();
        let details =
            "INSERT INTO details (call, settings, past) VALUES (?1, randomblob(600), randomblob(40))";
        database.db.execute(details, [id]).unwrap();
        for seq in 0..40 {
            let event = "INSERT INTO events VALUES (?1, ?2, 22, randomblob(100))";
            database.db.execute(event, [id, seq]).unwrap();
        }
    }
}

#[test]
fn an_old_sqlite_is_refused_by_version() {
    assert!(check_sqlite(rusqlite::version_number()).is_ok());
    let error = check_sqlite(3_051_002).unwrap_err().to_string();
    assert!(error.contains("3.51.2") && error.contains("3.51.3"), "{error}");
}

#[test]
fn the_bundled_sqlite_loses_no_commits() {
    assert!(OLDEST_SQLITE <= rusqlite::version_number());
}

#[cfg(unix)]
#[test]
fn every_file_and_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let opened = place.open().unwrap();
    fill(&opened.database, 1);
    backup::make(&opened.database.db, &place.state(), backup::DAILY, Wall::now()).unwrap();
    let mut seen = 0;
    let mut folders = vec![place.0.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            if path.is_dir() {
                assert_eq!(mode, 0o700, "{}", path.display());
                folders.push(path);
            } else {
                assert_eq!(mode, 0o600, "{}", path.display());
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 4, "the database, its log, its index and a backup");
}

#[test]
fn r35_a_file_that_is_no_database_is_put_aside_and_kept() {
    let place = Place::new();
    files::private_folder(&place.data()).unwrap();
    fs::write(place.file(), "this was never a database".repeat(400)).unwrap();
    let opened = place.open().unwrap();
    let aside = opened.quarantined.unwrap();
    assert_eq!(aside.calls, 0);
    assert!(fs::read_to_string(&aside.file).unwrap().starts_with("this was never"));
    fill(&opened.database, 1);
    drop(opened.database);
    assert!(place.open().unwrap().quarantined.is_none());
}

#[test]
fn r35_what_can_be_read_of_a_damaged_database_is_saved() {
    let place = Place::new();
    let opened = place.open().unwrap();
    fill(&opened.database, 60);
    opened.database.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(opened.database);
    let mut bytes = fs::read(place.file()).unwrap();
    // Two pages of events in the middle of the file.
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8192].fill(0x5a);
    fs::write(place.file(), &bytes).unwrap();
    let opened = place.open().unwrap();
    let aside = opened.quarantined.unwrap();
    assert_eq!(fs::read(&aside.file).unwrap(), bytes, "the damaged file is kept as it was");
    assert_eq!(aside.calls, 60);
    let events: i64 = opened.database.db.query_row("SELECT count(*) FROM events", [], |r| r.get(0)).unwrap();
    assert!((1800..2400).contains(&events), "{events} of 2400 events were saved");
}

#[test]
fn r35_calls_that_cannot_be_read_come_from_the_newest_backup() {
    let place = Place::new();
    let opened = place.open().unwrap();
    fill(&opened.database, 5);
    backup::make(&opened.database.db, &place.state(), backup::DAILY, Wall::now()).unwrap();
    drop(opened.database);
    fs::write(place.file(), vec![0x5a; 65_536]).unwrap();
    let opened = place.open().unwrap();
    assert_eq!(opened.quarantined.unwrap().calls, 5);
    // A call that comes later never takes the number of one that was lost.
    fill(&opened.database, 1);
    assert!(1000 < last_call(&opened.database));
}

fn last_call(database: &Database) -> i64 {
    database.db.query_row("SELECT max(id) FROM calls", [], |row| row.get(0)).unwrap()
}

#[test]
fn r35_a_newer_schema_is_refused_without_damage() {
    let place = Place::new();
    let opened = place.open().unwrap();
    fill(&opened.database, 3);
    opened.database.db.pragma_update(None, "user_version", 99).unwrap();
    drop(opened.database);
    let before = fs::read(place.file()).unwrap();
    let error = place.open().unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 99, known: 2, .. }), "{error}");
    assert!(matches!(Reader::open(&place.data()), Err(StoreError::NewerSchema { .. })));
    assert_eq!(fs::read(place.file()).unwrap(), before);
    assert_eq!(fs::read_dir(place.state()).unwrap().count(), 0, "nothing was put aside");
}

#[test]
fn r35_before_a_migration_there_is_a_backup() {
    let place = Place::new();
    let mut opened = place.open().unwrap();
    fill(&opened.database, 2);
    let steps = [MIGRATIONS[0], MIGRATIONS[1], "ALTER TABLE calls ADD COLUMN mood TEXT"];
    let (db, now) = (&mut opened.database.db, Wall::now());
    let migrated = migrate(db, &place.file(), &place.state(), &steps, now).unwrap().unwrap();
    assert_eq!((migrated.from, migrated.to), (2, 3));
    let copy = Connection::open(migrated.backup.unwrap()).unwrap();
    assert_eq!(schema(&copy).unwrap(), 2);
    assert_eq!(copy.query_row("SELECT count(*) FROM calls", [], |row| row.get::<_, i64>(0)).unwrap(), 2);
    assert!(copy.prepare("SELECT mood FROM calls").is_err());
    assert!(db.prepare("SELECT mood FROM calls").is_ok());
}

#[test]
fn r35_a_migration_that_fails_changes_nothing() {
    let place = Place::new();
    let mut opened = place.open().unwrap();
    let broken = "ALTER TABLE calls ADD COLUMN mood TEXT; SELECT nonsense FROM nowhere";
    let steps = [MIGRATIONS[0], MIGRATIONS[1], broken];
    let db = &mut opened.database.db;
    assert!(migrate(db, &place.file(), &place.state(), &steps, Wall::now()).is_err());
    assert_eq!(schema(db).unwrap(), 2);
    assert!(db.prepare("SELECT mood FROM calls").is_err());
}

#[test]
fn a_database_of_the_first_version_is_read_as_it_is_and_brought_up_to_date() {
    let place = Place::new();
    fs::create_dir_all(place.data()).unwrap();
    let mut db = Connection::open(place.file()).unwrap();
    migrate(&mut db, &place.file(), &place.state(), &MIGRATIONS[..1], Wall::now()).unwrap();
    fill(&Database { db, path: place.file(), state: place.state() }, 1);
    let recognition = || Reader::open(&place.data()).unwrap().recognition(1).unwrap();
    assert_eq!(recognition(), None);
    assert!(place.open().unwrap().migrated.unwrap().backup.is_some());
    assert_eq!(recognition(), None);
}

#[test]
fn a_reader_says_that_nothing_was_ever_stored() {
    let place = Place::new();
    assert!(matches!(Reader::open(&place.data()), Err(StoreError::Missing(_))));
    let opened = place.open().unwrap();
    assert!(Reader::open(&place.data()).unwrap().calls(&Filter::default()).unwrap().is_empty());
    drop(opened);
}
