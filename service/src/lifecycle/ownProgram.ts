import { stat } from 'node:fs/promises';

/** An update writes many files; this one says nothing of the others before it has lain for so long. */
const SETTLED_MS = 10_000;

/** Knows whether the file that this process was started from has been replaced since, by an update. */
export class OwnProgram {
  /** @param settledMs How long a new file must have been there. */
  constructor(
    private readonly _file: string,
    private readonly _settledMs = SETTLED_MS
  ) {
    this._begun = identityOf(_file).then(found => found?.identity);
  }

  /** Whether another one has taken its place; one that is missing is on its way, or gone for good. */
  async isReplaced(): Promise<boolean> {
    const begun = await this._begun;
    const now = await identityOf(this._file);
    return (
      begun !== undefined &&
      now !== undefined &&
      now.identity !== begun &&
      Date.now() - now.changedMs >= this._settledMs
    );
  }

  private readonly _begun: Promise<string | undefined>;
}

/** Undefined of a file that cannot be looked at. */
async function identityOf(
  file: string
): Promise<{ identity: string; changedMs: number } | undefined> {
  try {
    const { dev, ino, mtimeMs, size, ctimeMs } = await stat(file);
    return {
      identity: [dev, ino, mtimeMs, size].join(' '),
      changedMs: ctimeMs
    };
  } catch {
    return undefined;
  }
}
