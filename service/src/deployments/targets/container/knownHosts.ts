import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** What a file of known hosts says of a key. */
export type IKnown = 'same' | 'other' | 'none';

const SSH_PORT = 22;

/**
 * Whether a host may have a key, by a file in the form of OpenSSH.
 *
 * @param key As the host sent it.
 */
export async function lookUpHost(
  file: string,
  host: string,
  port: number,
  key: Buffer
): Promise<IKnown> {
  const name = port === SSH_PORT ? host : `[${host}]:${port}`;
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
  const text = await readFile(file, 'utf8').catch(() => '');
  let known: IKnown = 'none';
  for (const line of text.split('\n')) {
    const [hosts = '', keyType, blob] = line.trim().split(/\s+/);
    // Lines with a mark are of authorities and of keys that were taken back.
    if (!/^[@#]|^$/.test(hosts) && keyType === type && names(hosts, name)) {
      if (blob === key.toString('base64')) {
        return 'same';
      }
      known = 'other';
    }
  }
  return known;
}

const names = (hosts: string, name: string): boolean =>
  hosts.startsWith('|1|')
    ? isHashed(hosts, name)
    : hosts.split(',').includes(name);

function isHashed(entry: string, name: string): boolean {
  const [, , salt = '', hash] = entry.split('|');
  const key = Buffer.from(salt, 'base64');
  return createHmac('sha1', key).update(name).digest('base64') === hash;
}
