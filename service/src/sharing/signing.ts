import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
  verify
} from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeAtomically } from '../store/atomicFile';
import { SecretBox } from '../store/secretBox';

/** What is signed begins with it, so that a signature says nothing about anything else. */
const CONTEXT = 'jupyterlab-deep shared module 1\n';
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEPT_KEYS = 500;

const verified = promisify(verify);

/** A text and who vouches for it. `key` is a raw public key of Ed25519, in base64url. */
export interface ISigned {
  signed: string;
  key: string;
  signature: string;
}

/** The key of this user: made at the first signature, kept sealed. */
export class UserKey {
  constructor(
    private readonly _file: string,
    private readonly _box: SecretBox
  ) {}

  /** The public half. */
  async name(): Promise<string> {
    return nameOf(await this._key());
  }

  async sign(text: string): Promise<ISigned> {
    const key = await this._key();
    const signature = sign(null, Buffer.from(CONTEXT + text), key);
    return {
      signed: text,
      key: nameOf(key),
      signature: signature.toString('base64url')
    };
  }

  /** For its export: nothing else may leave with it. */
  secret(): Promise<KeyObject> {
    return this._key();
  }

  /** Sign with another key from now on. The one before is kept beside it, sealed, under its fingerprint. */
  async replace(key: KeyObject): Promise<void> {
    const before = await this._key();
    const fingerprint = fingerprintOf(nameOf(before)).replaceAll(' ', '');
    await this._write(before, `${this._file}.${fingerprint}`);
    await this._write(key, this._file);
    this._known = Promise.resolve(key);
  }

  private _key(): Promise<KeyObject> {
    this._known ??= this._read().catch(error => {
      this._known = undefined;
      throw error;
    });
    return this._known;
  }

  private async _read(): Promise<KeyObject> {
    const text = await readFile(this._file, 'utf8').catch(unlessMissing);
    if (text !== undefined) {
      const { sealed } = JSON.parse(text) as { sealed: string };
      return createPrivateKey(this._box.open(sealed));
    }
    const { privateKey } = generateKeyPairSync('ed25519');
    await this._write(privateKey, this._file);
    return privateKey;
  }

  private async _write(key: KeyObject, file: string): Promise<void> {
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeAtomically(
      file,
      JSON.stringify({ sealed: this._box.seal(pem) })
    );
  }

  private _known?: Promise<KeyObject>;
}

/** The public half, by which a key is named. */
export const nameOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: 'jwk' }).x!;

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
    throw error;
  }
  return undefined;
}

/** Whether the text is what the owner of the key has signed; counted out beside everything else, since lists are long. */
export async function isGenuine({
  signed,
  key,
  signature
}: ISigned): Promise<boolean> {
  const bytes = Buffer.from(signature, 'base64url');
  if (
    Buffer.from(key, 'base64url').length !== KEY_BYTES ||
    bytes.length !== SIGNATURE_BYTES
  ) {
    return false;
  }
  return verified(null, Buffer.from(CONTEXT + signed), publicKey(key), bytes);
}

/** Most modules of a list are of few authors. */
const publicKeys = new Map<string, KeyObject>();

function publicKey(key: string): KeyObject {
  const known = publicKeys.get(key);
  if (known) {
    return known;
  }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key };
  const made = createPublicKey({ key: jwk, format: 'jwk' });
  if (publicKeys.size >= KEPT_KEYS) {
    publicKeys.clear();
  }
  publicKeys.set(key, made);
  return made;
}

/** A key as people compare it: `4f2a 91c0 7be3 0d15`. */
export const fingerprintOf = (key: string): string =>
  sumOf(Buffer.from(key, 'base64url'))
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, '$1 ');

/** SHA-256 in hex. */
export const sumOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
