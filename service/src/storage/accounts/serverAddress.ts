import { DeepError } from '@jupyterlab-deep/protocol';

/** Pages of Nextcloud that people copy the address of; before them lies its base path. */
const PAGES =
  /\/(index\.php(\/.*)?|apps(\/.*)?|login(\/.*)?|remote\.php(\/.*)?|ocs(\/.*)?|s\/.*|f\/.*|settings(\/.*)?|status\.php)$/;

/**
 * Base URLs that a typed address may mean, the likeliest first; without scheme https comes first.
 *
 * @throws DeepError `address-refused`
 */
export function serverAddresses(typed: string): string[] {
  return typedUrls(typed).map(
    ({ origin, pathname }) =>
      origin + pathname.replace(PAGES, '').replace(/\/+$/, '')
  );
}

/** The same for a plain WebDAV server: its path is what was typed. */
export const davAddresses = (typed: string): string[] =>
  typedUrls(typed).map(
    ({ origin, pathname }) => origin + pathname.replace(/\/+$/, '')
  );

function typedUrls(typed: string): URL[] {
  const text = typed
    .trim()
    .replace(/^webdavs?:/, scheme =>
      scheme === 'webdavs:' ? 'https:' : 'http:'
    );
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const schemes = hasScheme ? [''] : ['https://', 'http://'];
  const urls = schemes.map(scheme => URL.parse(scheme + text));
  if (/\s/.test(text) || urls.some(url => url === null)) {
    throw refused(`“${typed.slice(0, 200)}” is not the address of a server.`);
  }
  const found = urls as URL[];
  if (!/^https?:$/.test(found[0].protocol)) {
    throw refused('A cloud storage is linked by https.');
  }
  if (found[0].username || found[0].password) {
    throw refused('The address holds a name or a password.');
  }
  return found;
}

const refused = (says: string): DeepError =>
  new DeepError('address-refused', says, {
    hint: 'Give one such as https://cloud.example.org.'
  });

/**
 * What the server calls its own address, mended: its own configuration knows neither the scheme nor the port that a proxy has in front.
 *
 * @param said A URL of the server's answer.
 * @param base What was typed and answered.
 * @throws DeepError `storage-refused` when it leads to another host.
 */
export function mended(said: string, base: string): string {
  const url = URL.parse(said);
  const own = new URL(base);
  if (
    !url ||
    url.hostname !== own.hostname ||
    !/^https?:$/.test(url.protocol)
  ) {
    throw new DeepError(
      'storage-refused',
      `${own.host} wants the login to go on at ${url?.host ?? 'no address'}, which is another host; nobody is sent there.`,
      {
        hint: 'Type the address that the server itself has, or tell who runs it.'
      }
    );
  }
  return own.origin + url.pathname + url.search;
}
