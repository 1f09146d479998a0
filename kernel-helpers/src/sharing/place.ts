import * as path from 'node:path';
import type {
  PublishRequest,
  Receiver,
  StorageAccounts
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';

const ACCOUNT = /^[a-z][a-z0-9-]{0,30}$/;
const KINDS = ['person', 'group'] as const;

/** `group:botany`, `person:grace`, `grace`, `link`. */
export function receiverOf(text: string): Receiver {
  if (text === 'link') {
    return { kind: 'link' };
  }
  const kind = KINDS.find(each => text.startsWith(`${each}:`));
  const name = kind ? text.slice(kind.length + 1) : text;
  if (name === '') {
    throw new DeepError('invalid-arguments', 'Say whom it is shared with.', {
      hint: "Such as with: ['group:botany', 'grace', 'link']."
    });
  }
  return { kind: kind ?? 'person', with: name };
}

/** An account by its id, or a folder; without either, the Nextcloud that is linked. */
export async function placeFor(
  to: string | undefined,
  signal: AbortSignal | undefined
): Promise<PublishRequest['to']> {
  if (to !== undefined) {
    return ACCOUNT.test(to) ? { account: to } : { path: path.resolve(to) };
  }
  const { accounts } = await service.json<StorageAccounts>(
    '/storage/accounts',
    { signal }
  );
  const clouds = accounts.filter(({ can }) => can.shares);
  if (clouds.length === 1) {
    return { account: clouds[0].id };
  }
  throw new DeepError(
    'invalid-arguments',
    clouds.length === 0
      ? 'No Nextcloud is linked in which it could be shared.'
      : 'Several clouds are linked.',
    {
      hint:
        clouds.length === 0
          ? 'Link one in the Storage panel, or give a folder that others see: to: "/shared/modules".'
          : `Say which one: to: ${clouds.map(({ id }) => `"${id}"`).join(' or ')}.`
    }
  );
}
