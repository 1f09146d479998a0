import { isRecord } from '../shapes';

/** The ids of clouds in the header `Authorization`, whose entries a backslash and an n part. */
export const cloudsIn = (authorization: string): string[] =>
  authorization
    .split('\\n')
    .map(entry =>
      Object.fromEntries(
        entry.split(';').map(field => {
          const [name, ...value] = field.split('=');
          return [name.trim(), value.join('=').trim()];
        })
      )
    )
    .filter(
      ({ id, type }) =>
        id && type && !/^(InfrastructureManager|Vault)$/.test(type)
    )
    .map(({ id }) => id);

/** Those that a person would ask for. */
const SHOWN: Record<string, string> = {
  cores: 'cores',
  ram: 'GB of memory',
  instances: 'machines',
  gpus: 'GPUs'
};

/** `1 of 10 cores, 2 of 10 machines` */
export const quotasInWords = (quotas: Record<string, unknown>): string =>
  Object.entries(SHOWN)
    .flatMap(([name, words]) => {
      const quota = quotas[name];
      const { used, limit } = isRecord(quota) ? quota : {};
      return typeof used === 'number' && typeof limit === 'number' && limit > 0
        ? [`${used} of ${limit} ${words}`]
        : [];
    })
    .join(', ');
