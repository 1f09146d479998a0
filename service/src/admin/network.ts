import { readFile } from 'node:fs/promises';
import http from 'node:http';
import tls from 'node:tls';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from './config';

type Environment = Record<string, string | undefined>;
type Network = ISettings['network'];

/** Variables by which programs learn of proxies, authorities and mirrors. */
const INHERITED = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_INDEX_URL',
  'UV_INDEX_URL',
  'npm_config_registry'
];

/** The network variables that hold here: the user's own, with the administrator's over them. */
export function networkVariables(
  network: Network,
  env: Environment
): Record<string, string> {
  const own = Object.fromEntries(INHERITED.map(name => [name, env[name]]));
  const { httpProxy, httpsProxy, noProxy } = network;
  return withSchemes({
    ...own,
    ...both('http_proxy', httpProxy),
    ...both('https_proxy', httpsProxy),
    ...both('no_proxy', noProxy),
    ...given('NODE_EXTRA_CA_CERTS', network.caFile),
    ...given('PIP_INDEX_URL', network.pypiMirror),
    ...given('UV_INDEX_URL', network.pypiMirror),
    ...given('npm_config_registry', network.npmMirror)
  });
}

const given = (name: string, value?: string): Environment =>
  value === undefined ? {} : { [name]: value };

/** Some programs read the upper case, some the lower: the two must not differ. */
const both = (name: string, value?: string): Environment => ({
  ...given(name, value),
  ...given(name.toUpperCase(), value)
});

/** Programs agree that a proxy without scheme is one of HTTP; Node refuses it. */
const withSchemes = (variables: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, withScheme(name, value)]]
    )
  );

const withScheme = (name: string, value: string): string =>
  /^(https?|all)_proxy$/i.test(name) && value && !value.includes('://')
    ? `http://${value}`
    : value;

/**
 * Apply proxies and authorities to the calls that this process makes itself.
 *
 * @throws DeepError `configuration-invalid`
 */
export async function applyNetwork(
  network: Network,
  env: Environment
): Promise<void> {
  const variables = networkVariables(network, env);
  Object.assign(env, variables);
  applyProxies(variables);
  if (network.caFile) {
    const own = await readAuthorities(network.caFile);
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), own]);
  }
}

const PROXIES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

function applyProxies(variables: Record<string, string>): void {
  const named = PROXIES.filter(name => variables[name]);
  if (named.length === 0) {
    return;
  }
  try {
    http.setGlobalProxyFromEnv(variables);
  } catch (error) {
    const values = named.map(
      name => `${name}=${withoutLogin(variables[name])}`
    );
    throw new DeepError(
      'configuration-invalid',
      `These proxies cannot be used: ${values.join(', ')}.`,
      {
        hint: 'Set the variables, or `network.httpProxy` and `network.httpsProxy`, to http://host:port.',
        cause: error
      }
    );
  }
}

const withoutLogin = (address: string): string =>
  address.replace(/\/\/.*@/, '//[…]@');

async function readAuthorities(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DeepError(
      'configuration-invalid',
      `The file of certificate authorities ${file} (\`network.caFile\`) could not be read: ${(error as Error).message}.`,
      { cause: error }
    );
  }
}
