import type { Account, AccountProvider } from '@jupyterlab-deep/protocol';

export const EGI: AccountProvider = {
  id: 'egi',
  kind: 'oidc',
  title: 'EGI Check-in',
  purpose: 'Clouds of EGI',
  issuer: 'https://aai.egi.eu/auth/realms/egi',
  isReady: true
};

export const AI4EOSC: AccountProvider = {
  id: 'ai4eosc',
  kind: 'oidc',
  title: 'AI4EOSC',
  isReady: false,
  reason: 'The administrator has to set `clientId`.'
};

export const ADA: Account = {
  id: 'egi',
  kind: 'oidc',
  title: 'EGI Check-in',
  purpose: 'Clouds of EGI',
  provider: 'egi',
  issuer: 'https://aai.egi.eu/auth/realms/egi',
  state: 'connected',
  subject: 'ada-1',
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  memberships: ['urn:mace:egi.eu:group:vo.example.org:role=member'],
  isRenewed: true,
  createdAt: '2026-01-01T10:00:00.000Z'
};

export const IM: Account = {
  id: 'im',
  kind: 'im',
  title: 'Infrastructure Manager',
  state: 'connected',
  name: 'ada',
  memberships: [],
  isRenewed: false,
  entries: [
    {
      type: 'InfrastructureManager',
      username: 'ada',
      fields: ['username', 'password']
    },
    { type: 'EGI', host: 'SITE', fields: ['host', 'token'], account: 'egi' }
  ],
  createdAt: '2026-01-01T10:00:00.000Z'
};
