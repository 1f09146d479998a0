import { isRecord } from '../shapes';

/** Levels of access, from low to high; deployments need `ap-u`. */
const LEVELS = ['ap-a', 'ap-a1', 'ap-b', 'ap-u', 'ap-d'];
const NEEDED = LEVELS.indexOf('ap-u');
const ROLE = /^access:([^:]+):([^:]+)$/;

/** The virtual organisations of a user, by what the access token says of them. */
export interface IOrganisations {
  /** Those that may deploy. */
  deploying: string[];
  /** Those with a level that is too low, with it. */
  low: { vo: string; level: string }[];
}

/**
 * Read the roles in an access token (`realm_access.roles`: `access:<vo>:<level>`). It decides nothing but what a form offers: the
 * platform checks the token itself.
 */
export function organisationsIn(token: string): IOrganisations {
  const roles = rolesIn(token)
    .map(role => ROLE.exec(role))
    .filter(found => found !== null)
    .map(([, vo, level]) => ({ vo, level }));
  const isHigh = ({ level }: { level: string }): boolean =>
    !LEVELS.includes(level) || LEVELS.indexOf(level) >= NEEDED;
  const deploying = [...new Set(roles.filter(isHigh).map(({ vo }) => vo))];
  return {
    deploying,
    low: roles.filter(role => !deploying.includes(role.vo))
  };
}

function rolesIn(token: string): string[] {
  try {
    const [, payload] = token.split('.');
    const text = Buffer.from(payload, 'base64url').toString('utf8');
    const claims: unknown = JSON.parse(text);
    const access = isRecord(claims) ? claims.realm_access : undefined;
    const roles = isRecord(access) ? access.roles : undefined;
    return Array.isArray(roles) ? roles.map(String) : [];
  } catch {
    return [];
  }
}
