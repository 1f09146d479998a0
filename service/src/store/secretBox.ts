import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes
} from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';

const KEY_FILE = 'secret.key';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets with AES-256-GCM. The key is what `DEEP_STORAGE_KEY` holds, so that a copy of the store alone opens nothing; else a
 * file beside the store (0600), which protects against a look at the database and no more.
 */
export class SecretBox {
  constructor(
    private readonly _folder: string,
    private readonly _env: Record<string, string | undefined>,
    /** Of the failure when one does not open. */
    private readonly _refusal: ErrorKey = 'storage-login'
  ) {}

  seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this._key, iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws DeepError of the box's kind when it was sealed with another key. */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const iv = bytes.subarray(0, IV_BYTES);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this._key, iv);
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new DeepError(
        this._refusal,
        'The secret of this account cannot be opened: it was kept with another key.',
        { hint: 'Link the account again.', cause }
      );
    }
  }

  private get _key(): Buffer {
    return (this._known ??= this._read());
  }

  private _read(): Buffer {
    const given = this._env.DEEP_STORAGE_KEY;
    if (given) {
      return createHash('sha256').update(given).digest();
    }
    const file = path.join(this._folder, KEY_FILE);
    try {
      const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
      if (key.length === KEY_BYTES) {
        return key;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
    }
    const key = randomBytes(KEY_BYTES);
    writeFileSync(file, key.toString('hex'), { mode: 0o600 });
    return key;
  }

  private _known?: Buffer;
}
