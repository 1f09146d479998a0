import { existsSync } from 'node:fs';
import path from 'node:path';
import { IPapi, startPapi } from '../../../../../../stand-in/papi/server.ts';

const root = path.resolve(__dirname, '../../../../../..');
const data = process.env.DEEP_TEST_DATA ?? path.resolve(root, '..', 'shared');
const openapi = path.join(data, 'samples', 'papi', 'openapi.json');

/** Why the stand-in for the platform cannot run here; empty when it can. */
export const missing = existsSync(openapi)
  ? ''
  : 'samples/papi/openapi.json (DEEP_TEST_DATA)';

/** An access token as Keycloak makes it, as far as a client reads it. */
export function tokenOf(sub: string, levels: Record<string, string>): string {
  const roles = Object.entries(levels).map(
    ([vo, level]) => `access:${vo}:${level}`
  );
  const part = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return [
    part({ alg: 'none' }),
    part({ sub, realm_access: { roles: ['offline_access', ...roles] } }),
    'unsigned'
  ].join('.');
}

export const startStandIn = (): Promise<IPapi> => startPapi(openapi);

/** A user whom the stand-in knows by a token with the same roles. */
export function addUser(
  papi: IPapi,
  sub: string,
  levels: Record<string, string>
): string {
  const token = tokenOf(sub, levels);
  papi.users.set(token, { sub, levels });
  return token;
}
