import {
  AuthorKey,
  DeepError,
  ExportedKey,
  KeyImport,
  KeyImportRequest
} from '@jupyterlab-deep/protocol';
import { openKey, sealKey } from './keyFile';
import { fingerprintOf, nameOf, UserKey } from './signing';

/** The key of this user on its way from one machine to another: by a file, under a passphrase. */
export class AuthorKeys {
  constructor(private readonly _key: UserKey) {}

  async about(): Promise<AuthorKey> {
    return { key: fingerprintOf(await this._key.name()) };
  }

  async export(passphrase: string): Promise<ExportedKey> {
    const secret = await this._key.secret();
    const key = fingerprintOf(nameOf(secret));
    return {
      key,
      name: `author-key-${key.replaceAll(' ', '')}.json`,
      file: await sealKey(secret, passphrase)
    };
  }

  /**
   * Look at a file, and sign with its key from now on once its user has confirmed which one it replaces.
   *
   * @throws DeepError `invalid-arguments`; `conflict` when another key signs by now than was confirmed
   */
  async import({
    file,
    passphrase,
    replaces
  }: KeyImportRequest): Promise<KeyImport> {
    const opened = await openKey(file, passphrase);
    const key = fingerprintOf(nameOf(opened));
    const { key: before } = await this.about();
    if (replaces === undefined || key === before) {
      return { key, replaces: before, isDone: key === before };
    }
    if (replaces !== before) {
      throw new DeepError(
        'conflict',
        `The key ${before} signs here by now, not ${replaces}. Nothing was changed.`,
        { hint: 'Look at the two fingerprints again.' }
      );
    }
    await this._key.replace(opened);
    return { key, replaces: before, isDone: true };
  }
}
