/** One entry a version of the store; its index is the version that it brings the store to, less one. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    module TEXT NOT NULL,
    state TEXT NOT NULL,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL,
    inputs TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runsByTime ON runs (createdAt);
  CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL,
    processStart TEXT
  ) STRICT;
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE logins (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE identities (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE deviceLogins (
    id TEXT PRIMARY KEY,
    createdAt TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  `
];

/** The version of the store that this program writes. */
export const STORE_VERSION = MIGRATIONS.length;
