import { DeepError } from '@jupyterlab-deep/protocol';

/** A typed address of a DEEPaaS server, understood. */
export interface IModuleAddress {
  /** Origin and base path, without a slash at the end: one, or both schemes where none was typed, the safer first. */
  endpoints: string[];
  /** The model that the address named. */
  model?: string;
}

/** Pages and documents of DEEPaaS that people copy the address of; before them lies the base path. */
const KNOWN_TAIL =
  /\/(?:v2\/models\/(?<model>[^/]+)(?:\/.*)?|v2(?:\/(?:models|debug|ui|swagger\.json))?|ui(?:\/.*)?|docs(?:\/.*)?|api(?:\/.*)?|swagger\.json)?\/?$/;

/**
 * Understand what a person typed or copied as the address of a module: with or without scheme, with the page they looked at.
 *
 * @throws DeepError `address-refused`
 */
export function parseModuleAddress(typed: string): IModuleAddress {
  const text = typed.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = parse(hasScheme ? text : `https://${text}`, text);
  refuseOdd(url);
  const path = url.pathname.replace(/\/*$/, '/');
  const { groups, index } = KNOWN_TAIL.exec(path) as RegExpExecArray;
  const under = url.host + path.slice(0, index).replace(/\/+$/, '');
  const schemes = hasScheme ? [url.protocol] : ['https:', 'http:'];
  const model = groups?.model;
  return {
    endpoints: schemes.map(scheme => `${scheme}//${under}`),
    ...(model !== undefined && { model: decode(model) })
  };
}

function parse(address: string, typed: string): URL {
  const hasOtherScheme = /^(unix|file|data|javascript|mailto):(?!\/\/)/i.test(
    typed
  );
  if (/\s/.test(typed) || hasOtherScheme || !URL.canParse(address)) {
    throw refused(
      `“${typed.slice(0, 200)}” is not the address of a server.`,
      'Give one such as https://host:5000.'
    );
  }
  return new URL(address);
}

function refuseOdd(url: URL): void {
  if (!/^https?:$/.test(url.protocol)) {
    throw refused(
      `Modules are connected by http or https, not by ${url.protocol.slice(0, -1)}.`,
      'Give an address that begins with https:// or http://.'
    );
  }
  if (url.username || url.password) {
    throw refused(
      'The address holds a user name or a password, which would be kept and shown.',
      'Leave out what stands before the @.'
    );
  }
  if (url.search) {
    throw refused(
      'The address has a part after “?”, which may hold a secret and has no meaning for a module.',
      'Leave out the “?” and what follows it.'
    );
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A wrong escape: no model has this name, which the caller says with the names there are.
    return name;
  }
}

const refused = (says: string, hint: string): DeepError =>
  new DeepError('address-refused', says, { hint });
