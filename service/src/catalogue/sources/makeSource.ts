import { homedir } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { DeepError, SourceSetting } from '@jupyterlab-deep/protocol';
import { checkTyped } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { ModuleReader } from '../metadata/readModule';
import { Remote } from '../remote/remote';
import { ISource } from '../source';
import { DeepIndexAdapter } from './deepIndexAdapter';
import { FolderSource } from './folderSource';
import { GitIndexAdapter } from './gitIndexAdapter';
import { PapiAdapter } from './papiAdapter';
import { IAdapter, RemoteSource } from './remoteSource';

/** A source as it is set up. `allowPrivate`: the user confirmed that its address is not public. */
export type NamedSetting = SourceSetting & {
  title: string;
  allowPrivate?: boolean;
};

export interface ISourceParts {
  /** Where sources keep what they read, a file each. */
  cacheFolder: string;
  network: ISettings['network'];
  reader: ModuleReader;
  logger: Pick<Logger, 'warn'>;
}

/** The public catalogues. */
export const DEFAULT_SOURCES: readonly NamedSetting[] = [
  {
    id: 'ai4eosc',
    kind: 'papi',
    title: 'AI4EOSC',
    address: 'https://api.cloud.ai4eosc.eu/v1'
  },
  {
    id: 'ai4os',
    kind: 'git-index',
    title: 'AI4OS Hub',
    address:
      'https://raw.githubusercontent.com/ai4os-hub/modules-catalog/master/.gitmodules',
    toolsAddress:
      'https://raw.githubusercontent.com/ai4os/tools-catalog/master/.gitmodules'
  },
  {
    id: 'deep',
    kind: 'deep-index',
    title: 'DEEP Open Catalogue',
    address:
      'https://raw.githubusercontent.com/deephdc/deep-oc/master/MODULES.yml'
  }
];

/** Build a source. Nothing is asked or read yet, so that one with a wrong address is listed with its problem. */
export async function makeSource(
  setting: NamedSetting,
  parts: ISourceParts
): Promise<ISource> {
  const { id, title, kind, address } = setting;
  if (kind === 'folder') {
    return new FolderSource(id, title, [withHome(address)], parts.reader);
  }
  const remote = new Remote({
    network: parts.network,
    ownAddresses: addressesOf(setting),
    allowPrivate: setting.allowPrivate
  });
  return new RemoteSource(adapterOf(kind, setting, parts.reader), {
    ...parts,
    setting,
    remote
  });
}

function adapterOf(
  kind: Exclude<NamedSetting['kind'], 'folder'>,
  setting: NamedSetting,
  reader: ModuleReader
): IAdapter {
  switch (kind) {
    case 'papi':
      return new PapiAdapter(setting.address, reader);
    case 'git-index':
      return new GitIndexAdapter(setting, reader);
    case 'deep-index':
      return new DeepIndexAdapter(setting, reader);
  }
}

/**
 * Refuse what a person typed before it becomes a source.
 *
 * @throws DeepError `address-refused` when it is no address of this kind; `address-private` when it is not public and nobody has
 * confirmed it.
 */
export async function checkSource(
  setting: Omit<NamedSetting, 'id'>,
  network: ISettings['network']
): Promise<void> {
  if (setting.kind === 'folder') {
    return checkFolder(setting.address);
  }
  const { allowPrivate } = setting;
  const { privateHosts } = network;
  for (const address of addressesOf(setting)) {
    await checkTyped(toUrl(address), { allowPrivate, privateHosts });
  }
}

/** A leading `~` is the home folder, as people write it. */
const withHome = (folder: string): string =>
  path.normalize(folder.replace(/^~(?=\/|$)/, homedir));

function checkFolder(folder: string): void {
  if (!path.isAbsolute(withHome(folder))) {
    throw new DeepError(
      'address-refused',
      `${folder} is not the whole path of a folder.`,
      { hint: 'Begin it with / or ~.' }
    );
  }
}

function toUrl(address: string): URL {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DeepError(
      'address-refused',
      `${address} is not an address of the web.`,
      { hint: 'It begins with https://.' }
    );
  }
  return url;
}

const addressesOf = ({
  address,
  toolsAddress,
  rawAddress
}: Omit<NamedSetting, 'id'>): string[] =>
  [address, toolsAddress, rawAddress].filter(each => each !== undefined);
