import { Ajv, ErrorObject } from 'ajv';
import { AdminConfig, DeepError } from '@jupyterlab-deep/protocol';
import { listOverrides } from './environment';
import { ownFolder } from './ownFolder';

/**
 * Check one source of the administrator's settings.
 *
 * @param config What a file or the environment says.
 * @param origin The file's path, or undefined for the environment.
 * @throws DeepError `configuration-invalid` naming file (or variable), key and rule.
 */
export function checkConfig(config: unknown, origin?: string): AdminConfig {
  const ajv = new Ajv({ allErrors: true, strict: false });
  if (ajv.validate(AdminConfig, config)) {
    return withOwnStore(config as AdminConfig, origin);
  }
  const rules = (ajv.errors ?? []).map(error => inWords(error, origin));
  throw new DeepError(
    'configuration-invalid',
    `${origin ? `The administrator's file ${origin}` : 'The environment'} is not valid. ${rules.join(' ')}`,
    {
      hint: 'Whoever administers this machine can mend it; `jupyter deep schema` prints the rules.',
      technical: JSON.stringify(ajv.errors)
    }
  );
}

function withOwnStore(config: AdminConfig, origin?: string): AdminConfig {
  const named = config.store?.directory;
  if (named === undefined) {
    return config;
  }
  const place = origin
    ? `\`store.directory\` in ${origin}`
    : variableOf('store.directory');
  return { ...config, store: { directory: ownFolder(named, place) } };
}

function inWords(error: ErrorObject, origin?: string): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty);
    return `\`${path ? `${path}.` : ''}${name}\` is not a known key.`;
  }
  const place = origin ? `\`${path || 'The file'}\`` : variableOf(path);
  return `${place} ${error.message}.`;
}

function variableOf(path: string): string {
  const owner = listOverrides().find(
    ({ key }) => path === key || path.startsWith(`${key}.`)
  );
  return `\`${owner?.variable ?? path}\``;
}
