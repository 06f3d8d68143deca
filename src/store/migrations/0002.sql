-- How much of what each side said is known in words, without the words. Spans are
-- samples at 16 kHz; what was found to be no words is part of what was heard.
CREATE TABLE recognitions (
    call    INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    channel INTEGER NOT NULL,
    model   TEXT NOT NULL,
    heard   INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    missed  INTEGER NOT NULL,
    words   INTEGER NOT NULL,
    fault   TEXT,
    PRIMARY KEY (call, channel)
) STRICT, WITHOUT ROWID;
