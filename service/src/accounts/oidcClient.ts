import type { Configuration } from 'openid-client';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { IPerson, personOf, readJwt } from './claims';
import { oidcFailure } from './failures';
import { guardedFetch } from './guardedFetch';
import type { IClient } from './providers';

/** What a provider gives for a code; times are milliseconds by the clock of this machine. */
export interface ITokens {
  accessToken: string;
  /** Absent: it did not say. */
  accessUntil?: number;
  lifeMs?: number;
  refreshToken?: string;
  /** Keycloak says it, others do not. */
  refreshUntil?: number;
  idToken?: string;
}

/** A code that its user has to enter. */
export interface IDeviceCode {
  deviceCode: string;
  userCode: string;
  page: string;
  lifeS: number;
  intervalS: number;
}

export interface IOidcClientOptions {
  network: ISettings['network'];
  allowPrivate: boolean;
}

type Library = typeof import('openid-client');

const DEFAULT_INTERVAL_S = 5;
/** A person may wait for each of these. */
const TIMEOUT_S = 15;
/** What the header `Date` of an answer tells is not more precise. */
const SMALLEST_SKEW_MS = 5000;
const TOLERANCE_S = 60;

/** A provider of OpenID Connect, as openid-client knows it. Its methods throw DeepErrors, but for refused refresh tokens. */
export class OidcClient {
  /**
   * Read what the provider says of itself.
   *
   * @throws DeepError `account-unreachable`, `account-refused`
   */
  static async open(
    client: IClient,
    options: IOidcClientOptions
  ): Promise<OidcClient> {
    const { issuer } = client;
    let aheadMs = 0;
    const fetchGuarded = guardedFetch({
      ...options,
      own: issuer,
      onClock: ms => (aheadMs = Math.abs(ms) > SMALLEST_SKEW_MS ? ms : 0)
    });
    const library = await import('openid-client');
    const isPlain = new URL(issuer).protocol === 'http:';
    try {
      const found = await library.discovery(
        new URL(issuer),
        client.clientId,
        undefined,
        library.None(),
        {
          [library.customFetch]: fetchGuarded,
          timeout: TIMEOUT_S,
          execute: isPlain ? [library.allowInsecureRequests] : []
        }
      );
      // A second one, with the clock that the first has learned of.
      const configuration = new library.Configuration(
        { ...found.serverMetadata() },
        client.clientId,
        {
          client_secret: client.clientSecret,
          [library.clockSkew]: Math.round(aheadMs / 1000),
          [library.clockTolerance]: TOLERANCE_S
        }
      );
      configuration[library.customFetch] = fetchGuarded;
      configuration.timeout = TIMEOUT_S;
      if (isPlain) {
        library.allowInsecureRequests(configuration);
      }
      return new OidcClient(library, configuration, client, aheadMs);
    } catch (error) {
      throw oidcFailure(error, issuer, 'say how people sign in there');
    }
  }

  private constructor(
    private readonly _library: Library,
    private readonly _configuration: Configuration,
    private readonly _client: IClient,
    /** The clock of the provider, less that of this machine. */
    readonly aheadMs: number
  ) {}

  /** Ask for a code. */
  async begin(): Promise<IDeviceCode> {
    const { issuer, scopes } = this._client;
    const { device_authorization_endpoint: place } =
      this._configuration.serverMetadata();
    if (!place) {
      throw new DeepError(
        'account-refused',
        `${new URL(issuer).host} does not let people sign in by a code (device flow).`,
        { hint: 'Whoever runs it can allow that.' }
      );
    }
    try {
      const code = await this._library.initiateDeviceAuthorization(
        this._configuration,
        { scope: scopes.join(' '), ...this._audience }
      );
      return {
        deviceCode: code.device_code,
        userCode: code.user_code,
        page: this._page(
          code.verification_uri_complete ?? code.verification_uri
        ),
        lifeS: code.expires_in,
        intervalS: code.interval ?? DEFAULT_INTERVAL_S
      };
    } catch (error) {
      throw oidcFailure(error, issuer, 'give a code');
    }
  }

  /** Ask again and again until its user has entered the code. @throws the signal's reason */
  async poll(code: IDeviceCode, signal: AbortSignal): Promise<ITokens> {
    const { deviceCode, intervalS, lifeS, page, userCode } = code;
    try {
      const granted = await this._library.pollDeviceAuthorizationGrant(
        this._configuration,
        {
          device_code: deviceCode,
          user_code: userCode,
          verification_uri: page,
          expires_in: lifeS,
          interval: intervalS
        },
        this._audience,
        { signal }
      );
      return readTokens(granted);
    } catch (error) {
      signal.throwIfAborted();
      throw oidcFailure(error, this._client.issuer, 'sign you in');
    }
  }

  /** @throws what openid-client throws: see `isEnded` and `oidcFailure` */
  async refresh(refreshToken: string): Promise<ITokens> {
    const given = await this._library.refreshTokenGrant(
      this._configuration,
      refreshToken,
      this._audience
    );
    return readTokens(given);
  }

  /** Who signed in, as far as the provider tells. */
  async person({ accessToken, idToken }: ITokens): Promise<IPerson> {
    const inTokens = [readJwt(accessToken), readJwt(idToken)];
    if (!this._configuration.serverMetadata().userinfo_endpoint) {
      return personOf(...inTokens);
    }
    const { sub } = readJwt(idToken);
    try {
      const told = await this._library.fetchUserInfo(
        this._configuration,
        accessToken,
        typeof sub === 'string' ? sub : this._library.skipSubjectCheck
      );
      return personOf(...inTokens, told);
    } catch (error) {
      throw oidcFailure(error, this._client.issuer, 'say who you are');
    }
  }

  /** @returns whether the provider can do that at all. */
  async revoke({ accessToken, refreshToken }: ITokens): Promise<boolean> {
    if (!this._configuration.serverMetadata().revocation_endpoint) {
      return false;
    }
    try {
      await this._library.tokenRevocation(
        this._configuration,
        refreshToken ?? accessToken,
        { token_type_hint: refreshToken ? 'refresh_token' : 'access_token' }
      );
      return true;
    } catch (error) {
      throw oidcFailure(error, this._client.issuer, 'revoke the sign-in');
    }
  }

  private get _audience(): Record<string, string> {
    const { audience } = this._client;
    return audience ? { audience } : {};
  }

  /** It is opened in the browser: nothing but a page of the web, and as safe as the issuer. */
  private _page(said: string): string {
    const url = URL.parse(said);
    const own = new URL(this._client.issuer);
    if (
      !url ||
      !(url.protocol === 'https:' || url.protocol === own.protocol) ||
      url.username
    ) {
      throw new DeepError(
        'account-refused',
        `${own.host} wants people to sign in at “${said.slice(0, 200)}”; nobody is sent there.`,
        { hint: 'Tell who runs it.' }
      );
    }
    return url.href;
  }
}

function readTokens(reply: {
  access_token: string;
  expires_in?: number;
  refresh_token?: string;
  id_token?: string;
  [name: string]: unknown;
}): ITokens {
  const now = Date.now();
  const lifeMs =
    reply.expires_in === undefined ? undefined : reply.expires_in * 1000;
  // Keycloak's 0 is a token without an end.
  const refreshMs = Number(reply.refresh_expires_in ?? 0) * 1000;
  return {
    accessToken: reply.access_token,
    ...(lifeMs !== undefined && { lifeMs, accessUntil: now + lifeMs }),
    ...(reply.refresh_token && { refreshToken: reply.refresh_token }),
    ...(refreshMs > 0 && { refreshUntil: now + refreshMs }),
    ...(reply.id_token && { idToken: reply.id_token })
  };
}
