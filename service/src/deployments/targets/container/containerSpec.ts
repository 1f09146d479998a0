import type Docker from 'dockerode';
import { DeepError } from '@jupyterlab-deep/protocol';
import { obscured } from '../../../storage/accounts/obscured';
import { IDeployable } from '../target';
import { LABELS, containerName } from './labels';
import { HOME } from './runtimeFiles';

const MEGA = 1024 ** 2;
/** Ports inside, by what is behind them. */
export const PORTS = { api: 5000, monitor: 6006, ide: 8888 };

/** What can be chosen for a container; see the schema of its plan. */
export interface IContainerChoices {
  cpus: number;
  memoryMb: number;
  gpus?: number;
  port?: number;
  idleMinutes?: number;
  /** Of images of catalogues. */
  service?: 'deepaas' | 'jupyter' | 'vscode';
  tag?: string;
  fetch?: boolean;
  password?: string;
  dataFolder?: string;
  modelsFolder?: string;
  rcloneUrl?: string;
  rcloneUser?: string;
  rclonePassword?: string;
  /** Of model folders. */
  baseImage?: string;
  model?: 'copied' | 'mounted';
}

/** What a container is made of. */
export interface IContainerParts {
  deployment: string;
  what: IDeployable;
  choices: IContainerChoices;
  /** As the engine knows it. */
  image: string;
  /** As people know it. */
  imageName: string;
  digest: string;
  isFetched: boolean;
  isPodman: boolean;
  /** Where its ports are published. */
  publishAddress: string;
  uploadMb: number;
  /** `deep-start` is not in every image of the older catalogue. */
  usesOwnCommand?: boolean;
}

/** The order for a container. Nothing in it goes through a shell. */
export function containerSpec(
  parts: IContainerParts
): Docker.ContainerCreateOptions {
  const { deployment, what, choices, image, imageName, isFetched } = parts;
  const ports = servesModel(what)
    ? [PORTS.api]
    : choices.service === 'deepaas'
      ? [PORTS.api, PORTS.monitor]
      : [PORTS.ide, PORTS.monitor];
  const keys = ports.map(port => `${port}/tcp`);
  const memory = Math.round(choices.memoryMb * MEGA);
  return {
    name: containerName(deployment),
    Image: image,
    Labels: {
      [LABELS.deployment]: deployment,
      [LABELS.module]: what.module.id,
      [LABELS.service]: choices.service ?? 'deepaas',
      [LABELS.memory]: String(memory),
      [LABELS.image]: imageName,
      [LABELS.digest]: parts.digest,
      [LABELS.fetched]: String(isFetched)
    },
    ExposedPorts: Object.fromEntries(keys.map(key => [key, {}])),
    ...(servesModel(what) ? modelProgram(parts) : imageProgram(parts)),
    HostConfig: {
      PortBindings: Object.fromEntries(
        keys.map((key, index) => [key, [binding(parts, index)]])
      ),
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(choices.cpus * 1e9),
      SecurityOpt: ['no-new-privileges'],
      ...seenFolders(parts),
      ...(servesModel(what) && confined(parts)),
      ...gpus(parts)
    }
  };
}

/** Whether we serve it by our own program. */
export const servesModel = ({ module, folder }: IDeployable): boolean =>
  folder !== undefined && module.runtime === 'onnx';

/** Modules have no login: only this machine may ask. */
const binding = (
  { publishAddress, choices }: IContainerParts,
  index: number
): { HostIp: string; HostPort: string } => ({
  HostIp: publishAddress,
  HostPort: index === 0 && choices.port ? String(choices.port) : ''
});

function modelProgram({
  what,
  choices,
  uploadMb
}: IContainerParts): Pick<Docker.ContainerCreateOptions, 'Cmd'> {
  const options = {
    '--model': `${HOME}/model`,
    '--name': what.module.name,
    '--host': '0.0.0.0',
    '--port': String(PORTS.api),
    '--threads': String(Math.max(1, Math.round(choices.cpus))),
    '--idle-minutes': String(choices.idleMinutes ?? 0),
    '--max-upload-mb': String(uploadMb)
  };
  return { Cmd: Object.entries(options).flat() };
}

const STARTS = { deepaas: '-d', jupyter: '-j', vscode: '-s' };

/** As the platform starts its images. */
function imageProgram({
  choices,
  usesOwnCommand
}: IContainerParts): Pick<Docker.ContainerCreateOptions, 'Cmd' | 'Env'> {
  const { service = 'deepaas', password, rcloneUrl } = choices;
  const env: Record<string, string> = {
    DEEPAAS_IP: '0.0.0.0',
    DEEPAAS_PORT: String(PORTS.api),
    ...(password && { jupyterPASSWORD: password }),
    ...(rcloneUrl && {
      RCLONE_CONFIG: '/srv/.rclone/rclone.conf',
      RCLONE_CONFIG_RSHARE_TYPE: 'webdav',
      RCLONE_CONFIG_RSHARE_URL: rcloneUrl,
      RCLONE_CONFIG_RSHARE_VENDOR: 'nextcloud',
      RCLONE_CONFIG_RSHARE_USER: choices.rcloneUser ?? '',
      RCLONE_CONFIG_RSHARE_PASS: obscured(choices.rclonePassword ?? '')
    })
  };
  return {
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...(!usesOwnCommand && { Cmd: ['deep-start', STARTS[service]] })
  };
}

/** A folder of the engine's host that a container sees. */
interface ISeenFolder {
  from: string;
  to: string;
  isReadOnly: boolean;
}

function foldersOf({ what, choices }: IContainerParts): ISeenFolder[] {
  const { dataFolder, modelsFolder, model } = choices;
  const home = `/srv/${what.module.name}`;
  const isMounted = servesModel(what) && model === 'mounted';
  const folders = [
    { from: isMounted && what.folder, to: `${HOME}/model`, isReadOnly: true },
    { from: dataFolder, to: `${home}/data`, isReadOnly: true },
    { from: modelsFolder, to: `${home}/models`, isReadOnly: false }
  ];
  return folders.filter((folder): folder is ISeenFolder =>
    Boolean(folder.from)
  );
}

/**
 * The API has two ways to say which folders a container sees. The short one is cut at colons; Podman makes a line of the other one
 * that is cut at commas and quotes.
 *
 * @throws DeepError `invalid-arguments` of a path that neither can say
 */
function seenFolders(
  parts: IContainerParts
): Pick<Docker.HostConfig, 'Binds' | 'Mounts'> {
  const folders = foldersOf(parts);
  const isShort = ({ from }: ISeenFolder): boolean =>
    parts.isPodman && !from.includes(':');
  const long = folders.filter(folder => !isShort(folder));
  const unsaid = long.find(({ from }) => parts.isPodman && /[",\n]/.test(from));
  if (unsaid) {
    throw new DeepError(
      'invalid-arguments',
      `Podman cannot show the folder ${unsaid.from} to a container: its path has a colon beside a comma or a quote.`,
      { hint: 'Rename it, or let the model be copied.' }
    );
  }
  return {
    Binds: folders
      .filter(isShort)
      .map(
        ({ from, to, isReadOnly }) =>
          `${from}:${to}:${isReadOnly ? 'ro' : 'rw'}`
      ),
    Mounts: long.map(({ from, to, isReadOnly }) => ({
      Type: 'bind' as const,
      Source: from,
      Target: to,
      ReadOnly: isReadOnly
    }))
  };
}

/** Our own program needs none of what containers may do by default. */
const confined = ({ uploadMb }: IContainerParts): Docker.HostConfig => ({
  ReadonlyRootfs: true,
  Tmpfs: { '/tmp': `rw,size=${Math.ceil(Math.max(256, uploadMb * 2))}m` },
  CapDrop: ['ALL']
});

/** Podman is asked for them in its own words: see `podmanSpec`. */
function gpus({ choices, isPodman }: IContainerParts): Docker.HostConfig {
  const count = choices.gpus ?? 0;
  return count === 0 || isPodman
    ? {}
    : { DeviceRequests: [{ Count: count, Capabilities: [['gpu']] }] };
}
