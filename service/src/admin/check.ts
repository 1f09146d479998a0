import { Ajv, ErrorObject } from 'ajv';
import { AdminConfig, DeepError } from '@jupyterlab-deep/protocol';
import { listOverrides } from './environment';

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
    return config as AdminConfig;
  }
  const rules = (ajv.errors ?? []).map(error => inWords(error, origin));
  throw new DeepError(
    'configuration-invalid',
    `${origin ? `The administrator's file ${origin}` : 'The environment'} is not valid. ${rules.join(' ')}`,
    {
      hint: 'Whoever administers this machine can mend it; `service.mjs admin-schema` prints the rules.',
      technical: JSON.stringify(ajv.errors)
    }
  );
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
