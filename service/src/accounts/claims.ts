import type { Account } from '@jupyterlab-deep/protocol';

/** What providers say of a person, each in places of its own. */
export type Claims = Record<string, unknown>;

/** Who somebody is, as an account shows it. */
export type IPerson = Pick<
  Account,
  'subject' | 'name' | 'email' | 'memberships'
>;

/** Some are members of hundreds of groups. */
const MOST_MEMBERSHIPS = 200;
const LONGEST_TEXT = 300;

/** Who it is; later claims win, and memberships of all are gathered. */
export function personOf(...claims: Claims[]): IPerson {
  const all = Object.assign({}, ...claims) as Claims;
  const subject = text(all.sub);
  const name = text(all.name) ?? text(all.preferred_username);
  const email = text(all.email);
  return {
    ...(subject && { subject }),
    ...(name && { name }),
    ...(email && { email }),
    memberships: [...new Set(claims.flatMap(membershipsOf))].slice(
      0,
      MOST_MEMBERSHIPS
    )
  };
}

/** Keycloak has roles, EGI Check-in entitlements, under their older or newer name. */
const membershipsOf = (claims: Claims): string[] =>
  [
    (claims.realm_access as Claims | undefined)?.roles,
    claims.eduperson_entitlement,
    claims.entitlements
  ]
    .flat()
    .flatMap(value => text(value) ?? []);

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, LONGEST_TEXT)
    : undefined;

/** What a JWT says, without checking its signature: for what is shown, never for a decision. */
export function readJwt(token: string | undefined): Claims {
  const [, payload] = token?.split('.') ?? [];
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(payload ?? '', 'base64url').toString('utf8')
    );
    return typeof claims === 'object' && claims ? (claims as Claims) : {};
  } catch {
    // Tokens need not be JWTs: then they say nothing.
    return {};
  }
}
