import { Static, Type } from '@sinclair/typebox';
import type { Problem } from './errors';

/** Someone with whom people sign in, as the administrator's file names one. */
export const ProviderSetting = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,30}$',
      description:
        '`egi` and `ai4eosc` are there by default: what is given here is laid over them.'
    }),
    title: Type.Optional(Type.String()),
    purpose: Type.Optional(
      Type.String({ description: 'What it is for, a few words for people.' })
    ),
    issuer: Type.Optional(
      Type.String({
        description:
          'Of OpenID Connect: the address below which `.well-known/openid-configuration` lies.'
      })
    ),
    clientId: Type.Optional(
      Type.String({
        description:
          'Under which this installation is registered there, as a public client with the device flow.'
      })
    ),
    clientSecret: Type.Optional(
      Type.String({
        description: 'Only where a provider has no public clients.'
      })
    ),
    scopes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Default: openid, profile, email, offline_access.'
      })
    ),
    audience: Type.Optional(
      Type.String({ description: 'For whom the tokens shall be.' })
    )
  },
  { additionalProperties: false }
);
export type ProviderSetting = Static<typeof ProviderSetting>;

/** Someone with whom people can sign in, or why they cannot. */
export const AccountProvider = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal('oidc'), Type.Literal('jupyterhub')]),
  title: Type.String(),
  purpose: Type.Optional(Type.String()),
  issuer: Type.Optional(Type.String()),
  isReady: Type.Boolean(),
  reason: Type.Optional(
    Type.String({ description: 'Why it is not, and who can do what.' })
  )
});
export type AccountProvider = Static<typeof AccountProvider>;
export type AccountProviders = { providers: AccountProvider[] };

/** One line of credentials for an Infrastructure Manager, without what is secret in it. */
export const ImEntry = Type.Object({
  type: Type.String(),
  id: Type.Optional(Type.String()),
  host: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
  fields: Type.Array(Type.String(), {
    description: 'Names of all fields that it has.'
  }),
  account: Type.Optional(
    Type.String({ description: 'The account whose token it carries.' })
  )
});
export type ImEntry = Static<typeof ImEntry>;

/** Who the user is somewhere. Its secrets stay in the service: no route tells a token or a password. */
export const Account = Type.Object(
  {
    id: Type.String({
      description: '`egi`, `jupyterhub`, `im`, `im-2` …; targets name it.'
    }),
    kind: Type.Union([
      Type.Literal('oidc', { description: 'Signed in by the device flow.' }),
      Type.Literal('jupyterhub', {
        description: 'Given by the hub; cannot be disconnected from here.'
      }),
      Type.Literal('im', {
        description: 'Credentials for an Infrastructure Manager.'
      })
    ]),
    title: Type.String(),
    purpose: Type.Optional(Type.String({ description: 'What it is for.' })),
    provider: Type.Optional(Type.String()),
    issuer: Type.Optional(Type.String()),
    state: Type.Union([
      Type.Literal('connected'),
      Type.Literal('expired', {
        description: 'Nothing is asked with it until it is linked again.'
      }),
      Type.Literal('unreachable', {
        description: 'Whoever gives its tokens does not answer.'
      })
    ]),
    detail: Type.Optional(
      Type.String({ description: 'Why it is not connected, in words.' })
    ),
    subject: Type.Optional(
      Type.String({ description: 'Id of the person at the provider.' })
    ),
    name: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    memberships: Type.Array(Type.String(), {
      description:
        'Roles and virtual organisations, as the provider writes them.'
    }),
    until: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'It holds so long; absent where it is renewed and nobody said an end.'
      })
    ),
    isRenewed: Type.Boolean({
      description: 'The service gets new tokens by itself.'
    }),
    entries: Type.Optional(Type.Array(ImEntry)),
    createdAt: Type.String({ format: 'date-time' }),
    checkedAt: Type.Optional(Type.String({ format: 'date-time' }))
  },
  { $id: 'Account' }
);
export type Account = Static<typeof Account>;
export type Accounts = { accounts: Account[] };

/** Sign in by the device flow: with a provider of the list, or with an issuer that the user typed. */
export const DeviceLoginRequest = Type.Object(
  {
    provider: Type.Optional(Type.String({ maxLength: 100 })),
    issuer: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    clientId: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    account: Type.Optional(
      Type.String({ description: 'The account that is linked again.' })
    ),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user has confirmed an issuer that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type DeviceLoginRequest = Static<typeof DeviceLoginRequest>;

/** A sign-in that waits for its user, who types the code on the provider's page. */
export const DeviceLogin = Type.Object({
  id: Type.String(),
  title: Type.String({ description: 'Of the provider.' }),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('expired')
  ]),
  code: Type.String({ description: 'To be compared or typed there.' }),
  page: Type.String({
    description: 'To be opened in a new tab, without opener.'
  }),
  expiresAt: Type.String({ format: 'date-time' }),
  account: Type.Optional(Type.Ref('Account')),
  error: Type.Optional(Type.Ref('Problem'))
});
export type DeviceLogin = Omit<
  Static<typeof DeviceLogin>,
  'account' | 'error'
> & { account?: Account; error?: Problem };

/** A line of credentials as it is given: all its fields, or those beside the token of another account. */
export const ImEntryRequest = Type.Object(
  {
    type: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,39}$' }),
    id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,60}$' })),
    account: Type.Optional(
      Type.String({
        description:
          'Its fresh token becomes the field `token` of each request.'
      })
    ),
    fields: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
      Type.String({ minLength: 1, maxLength: 8000 }),
      { maxProperties: 20, additionalProperties: false }
    )
  },
  { additionalProperties: false }
);
export type ImEntryRequest = Static<typeof ImEntryRequest>;

/** Body of `POST /accounts/im`. */
export const ImAccountRequest = Type.Object(
  {
    title: Type.Optional(Type.String({ maxLength: 100 })),
    account: Type.Optional(
      Type.String({ description: 'The account whose entries these replace.' })
    ),
    entries: Type.Array(ImEntryRequest, { minItems: 1, maxItems: 20 })
  },
  { additionalProperties: false }
);
export type ImAccountRequest = Static<typeof ImAccountRequest>;

/** Body of `PUT /accounts/hub`, which the door sends: how the hub is asked for its user's tokens. */
export const HubAccess = Type.Object(
  {
    url: Type.String({ maxLength: 2000 }),
    user: Type.String({ minLength: 1, maxLength: 500 }),
    token: Type.String({ minLength: 1, maxLength: 8000 })
  },
  { additionalProperties: false }
);
export type HubAccess = Static<typeof HubAccess>;

/** What became of the tokens when their account was disconnected. */
export const AccountDisconnection = Type.Object({
  isRevoked: Type.Boolean(),
  detail: Type.String()
});
export type AccountDisconnection = Static<typeof AccountDisconnection>;
