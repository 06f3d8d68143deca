-- Calls and all that belongs to them. Times on the call's clock are samples at
-- 16 kHz, wall times milliseconds since 1970 UTC with the offset of the place.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers are never given twice (AUTOINCREMENT), so that nothing of a removed
-- call is ever taken for another's.
CREATE TABLE calls (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    uid             BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    state           TEXT NOT NULL CHECK (state IN ('open', 'closed', 'orphan', 'incomplete')),
    began_ms        INTEGER NOT NULL,
    began_offset_s  INTEGER NOT NULL,
    ended_ms        INTEGER,
    ended_offset_s  INTEGER,
    samples         INTEGER NOT NULL DEFAULT 0,
    why             TEXT,
    agent           TEXT NOT NULL,
    microphone      TEXT NOT NULL,
    headset         TEXT NOT NULL,
    profile         TEXT NOT NULL,
    trigger         TEXT NOT NULL,
    program         TEXT,
    external_id     TEXT,
    note            TEXT,
    customer_hash   BLOB,
    customer_shown  TEXT,
    config_hash     TEXT NOT NULL,
    version         TEXT NOT NULL,
    score           INTEGER,
    coverage        REAL,
    -- Events that were dropped because the disk was full or too slow.
    lost            INTEGER NOT NULL DEFAULT 0,
    -- Events and readings were deleted for their age or for room.
    thinned         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX calls_by_time ON calls (began_ms);
CREATE INDEX calls_by_agent ON calls (agent, began_ms);
CREATE INDEX calls_by_customer ON calls (customer_hash) WHERE customer_hash IS NOT NULL;
CREATE INDEX calls_open ON calls (id) WHERE state = 'open';

-- Large things of a call that lists do not need.
CREATE TABLE details (
    call     INTEGER PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    settings BLOB NOT NULL,
    past     BLOB NOT NULL,
    summary  BLOB
) STRICT;

-- The events of a call in their order: `seq` counts through the four tables.
CREATE TABLE events (
    call INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    seq  INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

-- Ten a second, packed; `seq` is that of the first.
CREATE TABLE readings (
    call  INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body  BLOB NOT NULL,
    PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

-- The curves, one a second, packed; `seq` is that of the first.
CREATE TABLE measures (
    call  INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body  BLOB NOT NULL,
    PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    call  INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,
    at    INTEGER NOT NULL,
    nudge TEXT NOT NULL,
    shown INTEGER NOT NULL,
    body  BLOB NOT NULL,
    PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

-- Settings that came into force during a call, in order.
CREATE TABLE applied (
    call        INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    config_hash TEXT NOT NULL,
    settings    BLOB NOT NULL,
    PRIMARY KEY (call, number)
) STRICT, WITHOUT ROWID;

-- What was said; empty until there is a recogniser.
CREATE TABLE segments (
    call    INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

-- What each call found normal. Kept when the call itself goes for its age.
CREATE TABLE baselines (
    id         INTEGER PRIMARY KEY,
    call       INTEGER UNIQUE,
    agent      TEXT NOT NULL,
    microphone TEXT NOT NULL,
    headset    TEXT NOT NULL,
    profile    TEXT NOT NULL,
    began_ms   INTEGER NOT NULL,
    seconds    REAL NOT NULL,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX baselines_of ON baselines (agent, microphone, headset, profile, began_ms);

-- Nudges called wrong, snoozed, switched off.
CREATE TABLE feedback (
    id    INTEGER PRIMARY KEY,
    call  INTEGER,
    agent TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    what  TEXT NOT NULL,
    nudge TEXT
) STRICT;
CREATE INDEX feedback_of ON feedback (agent, what, nudge, at_ms);

-- Programs whose calls count, or never do.
CREATE TABLE programs (
    name    TEXT PRIMARY KEY,
    verdict TEXT NOT NULL CHECK (verdict IN ('allow', 'never')),
    at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was done to the data, when, by whom. Never what was deleted.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms  INTEGER NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    call   TEXT,
    count  INTEGER NOT NULL DEFAULT 0,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_by_time ON audit (at_ms);
