import {
  AccountProvider,
  DeepError,
  ProviderSetting
} from '@jupyterlab-deep/protocol';

/** Both have public clients with the device flow; under which id this installation is known, its administrator arranges. */
const DEFAULTS: readonly ProviderSetting[] = [
  {
    id: 'egi',
    title: 'EGI Check-in',
    purpose: 'Clouds of EGI, by an Infrastructure Manager',
    issuer: 'https://aai.egi.eu/auth/realms/egi'
  },
  {
    id: 'ai4eosc',
    title: 'AI4EOSC',
    purpose: 'Deployments on the platform of AI4EOSC',
    issuer: 'https://login.cloud.ai4eosc.eu/realms/ai4eosc'
  }
];

const SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/** A client at an issuer: all that is needed to sign in there. */
export interface IClient {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  scopes: string[];
  audience?: string;
}

/** With whom people can sign in: the defaults, with the administrator's laid over them. */
export class Providers {
  constructor(settings: readonly ProviderSetting[]) {
    for (const setting of [...DEFAULTS, ...settings]) {
      this._known.set(setting.id, {
        ...this._known.get(setting.id),
        ...setting
      });
    }
  }

  get all(): AccountProvider[] {
    return [...this._known.values()].map(setting => {
      const reason = lackOf(setting);
      return {
        id: setting.id,
        kind: 'oidc',
        title: titleOf(setting),
        isReady: reason === undefined,
        ...(setting.purpose && { purpose: setting.purpose }),
        ...(setting.issuer && { issuer: setting.issuer }),
        ...(reason && { reason })
      };
    });
  }

  find(id: string): ProviderSetting | undefined {
    return this._known.get(id);
  }

  title(id: string): string {
    const known = this._known.get(id);
    return known ? titleOf(known) : id;
  }

  /** @throws DeepError `not-found`; `account-refused` when the administrator has not set it up. */
  client(id: string): IClient {
    const known = this._known.get(id);
    if (!known) {
      throw new DeepError('not-found', `There is no provider “${id}”.`, {
        hint: 'GET /accounts/providers lists them.'
      });
    }
    const { issuer, clientId, clientSecret, scopes, audience } = known;
    if (!issuer || !clientId) {
      throw new DeepError('account-refused', lackOf(known) as string);
    }
    return {
      issuer,
      clientId,
      scopes: scopes ?? SCOPES,
      ...(clientSecret && { clientSecret }),
      ...(audience && { audience })
    };
  }

  /** A client that its user typed, or that an account was made with; the administrator may know more of it. */
  clientAt(issuer: string, clientId: string): IClient {
    const known = [...this._known.values()].find(
      setting => setting.issuer === issuer && setting.clientId === clientId
    );
    return known ? this.client(known.id) : { issuer, clientId, scopes: SCOPES };
  }

  private readonly _known = new Map<string, ProviderSetting>();
}

const titleOf = ({ id, issuer, title }: ProviderSetting): string =>
  title ?? (issuer && URL.parse(issuer)?.hostname) ?? id;

function lackOf(setting: ProviderSetting): string | undefined {
  const lacks = setting.issuer ? 'clientId' : 'issuer';
  return setting[lacks]
    ? undefined
    : `Nobody can sign in at ${titleOf(setting)} yet: the administrator has to set \`${lacks}\` of “${setting.id}” in \`accounts.providers\` of deep.json.`;
}
