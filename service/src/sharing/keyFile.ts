import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  KeyObject,
  randomBytes,
  scrypt
} from 'node:crypto';
import { promisify } from 'node:util';
import { Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { DeepError } from '@jupyterlab-deep/protocol';
import { nameOf } from './signing';

/*
 * The file: JSON. `sealed` is the private key (PKCS #8, DER), encrypted by AES-256-GCM with a key that scrypt makes of the passphrase
 * (UTF-8, NFKC) and `salt`; `key`, the public half, is authenticated with it. All bytes are base64url. The costs belong to the version:
 * a file that could choose them could make its reader work for hours.
 */
const FORMAT = 'deep-author-key';
const VERSION = 1;
const COSTS = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

const Bytes = Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 1000 });

const KeyFile = Type.Object({
  format: Type.Literal(FORMAT),
  version: Type.Literal(VERSION),
  key: Bytes,
  salt: Bytes,
  iv: Bytes,
  tag: Bytes,
  sealed: Bytes
});
type KeyFile = Static<typeof KeyFile>;

const derived = promisify<string, Buffer, number, typeof COSTS, Buffer>(scrypt);

const keyOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  derived(passphrase.normalize('NFKC'), salt, KEY_BYTES, COSTS);

const authenticated = (key: string): Buffer =>
  Buffer.from(`${FORMAT} ${VERSION} ${key}`);

/** A key as a file that only its passphrase opens. */
export async function sealKey(
  key: KeyObject,
  passphrase: string
): Promise<string> {
  const name = nameOf(key);
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt), iv);
  cipher.setAAD(authenticated(name));
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const file: KeyFile = {
    format: FORMAT,
    version: VERSION,
    key: name,
    salt: salt.toString('base64url'),
    iv: iv.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
    sealed: sealed.toString('base64url')
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @throws DeepError `invalid-arguments` of a file that is none, and of a passphrase that does not open it */
export async function openKey(
  text: string,
  passphrase: string
): Promise<KeyObject> {
  const { key, salt, iv, tag, sealed } = parsed(text);
  const [authTag, nonce] = [bytesOf(tag), bytesOf(iv)];
  if (authTag.length !== TAG_BYTES || nonce.length !== IV_BYTES) {
    throw noKeyFile();
  }
  const secret = await keyOf(passphrase, bytesOf(salt));
  const decipher = createDecipheriv(CIPHER, secret, nonce);
  decipher.setAAD(authenticated(key)).setAuthTag(authTag);
  let opened: KeyObject;
  try {
    const bytes = [decipher.update(bytesOf(sealed)), decipher.final()];
    opened = createPrivateKey({
      key: Buffer.concat(bytes),
      type: 'pkcs8',
      format: 'der'
    });
  } catch {
    throw new DeepError(
      'invalid-arguments',
      'The passphrase does not open this file, or the file was changed.',
      { fields: { passphrase: ['It does not open the file.'] } }
    );
  }
  if (opened.asymmetricKeyType !== 'ed25519' || nameOf(opened) !== key) {
    throw noKeyFile();
  }
  return opened;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

function parsed(text: string): KeyFile {
  try {
    return Value.Decode(KeyFile, JSON.parse(text));
  } catch {
    throw noKeyFile();
  }
}

const noKeyFile = (): DeepError =>
  new DeepError(
    'invalid-arguments',
    'This file holds no key of an author of shared modules.',
    {
      hint: 'Take the one that “Export the key…” has made.',
      fields: { file: ['It is no such file.'] }
    }
  );
