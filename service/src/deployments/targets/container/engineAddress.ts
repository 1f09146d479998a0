import { existsSync } from 'node:fs';
import path from 'node:path';
import { DeepError, TargetSetting } from '@jupyterlab-deep/protocol';

type Environment = Record<string, string | undefined>;

/** Where an engine with the API of Docker listens. */
export type IEngineAddress =
  | { kind: 'unix'; text: string; socket: string }
  | {
      kind: 'ssh';
      text: string;
      host: string;
      port: number;
      user: string;
      /** On the other host. */
      socket: string;
      keyFile?: string;
      knownHostsFile?: string;
    }
  | {
      kind: 'tcp';
      text: string;
      host: string;
      port: number;
      files?: { ca?: string; cert?: string; key?: string };
      /** Address of that host at which published ports can be asked from here. */
      publishAddress?: string;
    };

/** An engine that may be there, and who says so. */
export interface IEngineChoice {
  /** `$DOCKER_HOST`, or empty for a usual place. */
  by: string;
  /** Absent where what it says is no address. */
  address?: IEngineAddress;
}

const LOOPBACK = '127.0.0.1';
const SSH_PORT = 22;
const TCP_PORT = 2375;
const TLS_PORT = 2376;
const DOCKER_SOCKET = '/var/run/docker.sock';

/**
 * Understand an address of an engine.
 *
 * @throws DeepError `configuration-invalid`
 */
export function parseEngineAddress(
  text: string,
  files: Pick<
    TargetSetting,
    'caFile' | 'certFile' | 'keyFile' | 'knownHostsFile' | 'publishAddress'
  > = {}
): IEngineAddress {
  if (/^unix:\/\/\/./.test(text)) {
    return { kind: 'unix', text, socket: text.slice('unix://'.length) };
  }
  const url = URL.parse(text.replace(/^tcp:/, 'http:'));
  const hasPassword = url?.password || url?.search || url?.hash;
  if (!url?.hostname || hasPassword || !/^(ssh|tcp):\/\//.test(text)) {
    throw new DeepError(
      'configuration-invalid',
      `“${hasPassword ? text.replace(/:[^@]*@/, ':…@') : text}” is not the address of a container engine.`,
      {
        hint: 'Use unix:///path, ssh://user@host[:port][/socket] or tcp://host:port; without a password.'
      }
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { caFile: ca, certFile: cert, keyFile: key } = files;
  if (url.protocol === 'ssh:') {
    return {
      kind: 'ssh',
      text,
      host,
      port: Number(url.port || SSH_PORT),
      user: decodeURIComponent(url.username),
      socket: url.pathname.length > 1 ? url.pathname : DOCKER_SOCKET,
      keyFile: key,
      knownHostsFile: files.knownHostsFile
    };
  }
  const isSecure = ca !== undefined || cert !== undefined;
  return {
    kind: 'tcp',
    text,
    host,
    port: Number(url.port || (isSecure ? TLS_PORT : TCP_PORT)),
    ...(isSecure && { files: { ca, cert, key } }),
    publishAddress: files.publishAddress
  };
}

/** Engines that may be on this machine, the likeliest first. */
export function usualEngines(
  env: Environment,
  home: string,
  uid: number
): IEngineChoice[] {
  const named = ['DOCKER_HOST', 'CONTAINER_HOST'].flatMap(name =>
    namedIn(env, name)
  );
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${uid}`;
  const sockets = [
    DOCKER_SOCKET,
    path.join(home, '.docker', 'run', 'docker.sock'),
    path.join(runtime, 'docker.sock'),
    path.join(runtime, 'podman', 'podman.sock'),
    `/run/user/${uid}/podman/podman.sock`,
    '/run/podman/podman.sock'
  ];
  const usual = [...new Set(sockets)].map(socket => ({
    by: '',
    address: parseEngineAddress(`unix://${socket}`)
  }));
  return [...named, ...usual];
}

function namedIn(env: Environment, name: string): IEngineChoice[] {
  const text = env[name];
  if (!text) {
    return [];
  }
  const by = `$${name}`;
  try {
    return [{ by, address: parseEngineAddress(text, certs(env)) }];
  } catch {
    // The check tells that it says nothing that could be asked.
    return [{ by }];
  }
}

/** As Docker's own client reads them. */
function certs(env: Environment): ReturnType<typeof filesIn> | undefined {
  const folder = env.DOCKER_CERT_PATH;
  return folder && env.DOCKER_TLS_VERIFY ? filesIn(folder) : undefined;
}

const filesIn = (
  folder: string
): { caFile: string; certFile: string; keyFile: string } => ({
  caFile: path.join(folder, 'ca.pem'),
  certFile: path.join(folder, 'cert.pem'),
  keyFile: path.join(folder, 'key.pem')
});

/** Whether there is anything at an address that could be asked. */
export const mayBeThere = (address: IEngineAddress): boolean =>
  address.kind !== 'unix' || existsSync(address.socket);

/** Where published ports can be asked from here: modules have no login, so it is loopback unless the administrator says otherwise. */
export const publishOf = (address: IEngineAddress): string =>
  address.kind === 'tcp' ? (address.publishAddress ?? LOOPBACK) : LOOPBACK;
