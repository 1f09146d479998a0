/** What brings a database from each version to the next. */
export const STEPS = [
  `
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE origins (
    origin INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    given TEXT NOT NULL,
    parents TEXT,
    state TEXT NOT NULL DEFAULT 'waiting'
  ) STRICT;
  CREATE INDEX originsByState ON origins (state, origin);
  CREATE TABLE items (
    item INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    origin INTEGER NOT NULL,
    firing TEXT NOT NULL,
    key TEXT NOT NULL,
    port TEXT NOT NULL,
    isFirst INTEGER NOT NULL,
    state TEXT NOT NULL,
    cached INTEGER NOT NULL,
    parents TEXT NOT NULL,
    value TEXT,
    file TEXT,
    error TEXT
  ) STRICT;
  CREATE UNIQUE INDEX itemsOnce ON items (node, origin, firing, key, port);
  CREATE INDEX itemsByState ON items (node, state, item);
  CREATE TABLE collected (
    merge TEXT NOT NULL,
    origin INTEGER NOT NULL,
    firing TEXT NOT NULL,
    groupKey TEXT NOT NULL,
    item INTEGER NOT NULL,
    sender TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (merge, origin, firing)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX collectedByGroup ON collected (merge, groupKey, origin, firing);
  CREATE TABLE names (sink TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (sink, name)) STRICT, WITHOUT ROWID;
`,
  // As it was written: what was made by the first version has it in small letters only.
  "ALTER TABLE names ADD COLUMN file TEXT NOT NULL DEFAULT ''"
];
