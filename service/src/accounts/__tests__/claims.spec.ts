import { personOf, readJwt } from '../claims';

const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

describe('what a provider says of a person', () => {
  it('is gathered from all places, each membership once', () => {
    const person = personOf(
      { sub: 'a', realm_access: { roles: ['one', 'two'] } },
      { sub: 'a', name: 'Ada', eduperson_entitlement: 'two' },
      { email: 'ada@example.org', entitlements: ['three', ''] }
    );
    expect(person).toEqual({
      subject: 'a',
      name: 'Ada',
      email: 'ada@example.org',
      memberships: ['one', 'two', 'three']
    });
  });

  it('may be of any shape', () => {
    const claims = { sub: 7, name: {}, realm_access: 'x', entitlements: [{}] };
    expect(personOf(claims)).toEqual({ memberships: [] });
    expect(personOf({ realm_access: null })).toEqual({ memberships: [] });
  });

  it('is bounded', () => {
    const roles = Array.from({ length: 5000 }, (_, index) => `role-${index}`);
    const { memberships, name } = personOf({
      name: 'x'.repeat(10_000),
      realm_access: { roles }
    });
    expect(memberships).toHaveLength(200);
    expect(name).toHaveLength(300);
  });

  it('is read from a token that is a JWT, and nothing from any other', () => {
    expect(readJwt(jwt({ sub: 'ada' }))).toEqual({ sub: 'ada' });
    for (const token of [undefined, '', 'opaque', 'a.b.c', jwt([])]) {
      expect(Object.keys(readJwt(token))).toEqual([]);
    }
  });
});
