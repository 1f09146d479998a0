import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Key with which rclone obscures passwords: it stands in rclone's source, so that what is obscured counts as plain text
 * (rclone's manual, *rclone obscure*).
 */
const KEY = Buffer.from(
  '9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638',
  'hex'
);
const IV_BYTES = 16;

/** A password as rclone wants it in its settings: AES-256-CTR, the initial vector in front, in base64 for URLs. */
export function obscured(password: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-ctr', KEY, iv);
  return Buffer.concat([iv, cipher.update(password), cipher.final()]).toString(
    'base64url'
  );
}

/** Undo it; empty where it is nothing obscured. */
export function revealed(text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= IV_BYTES) {
    return '';
  }
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-ctr', KEY, iv);
  const opened = decipher.update(bytes.subarray(IV_BYTES));
  return Buffer.concat([opened, decipher.final()]).toString('utf8');
}
