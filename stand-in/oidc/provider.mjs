/**
 * A real provider of OpenID Connect for tests, by oidc-provider, below a path like that of a Keycloak realm. Loopback only; its pages
 * take any login and any password.
 *
 * node stand-in/oidc/provider.mjs [--port N] [--realm /realms/test] [--access-s 300] [--code-s 600] [--ahead-s=N] [--no-revocation]
 *   [--opaque]
 *
 * With `--opaque` access tokens are no JWTs, and good for asking who one is. Prints one line of JSON: `{"issuer": …, "clientId": …}`. `POST /switches` changes `SWITCHES`, `GET /seen` lists what was asked,
 * `POST /forget` ends every sign-in.
 */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';
import { Memory } from './memory.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    realm: { type: 'string', default: '/realms/test' },
    'access-s': { type: 'string', default: '300' },
    'code-s': { type: 'string', default: '600' },
    'ahead-s': { type: 'string', default: '0' },
    'no-revocation': { type: 'boolean', default: false },
    opaque: { type: 'boolean', default: false }
  }
});

const { now } = Date;
const aheadMs = Number(options['ahead-s']) * 1000;
Date.now = () => now() + aheadMs;

const SWITCHES = {
  /** Connections are cut without an answer. */
  isAway: false,
  /** These paths below the realm get no answer. */
  silent: [],
  /** What Keycloak says of the life of refresh tokens. */
  refreshExpiresS: undefined,
  /** So long an answer to a token request takes. */
  tokenMs: 0
};
const seen = [];

const PERSON = {
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  realm_access: { roles: ['access:vo.example.org:ap-u'] },
  eduperson_entitlement: [
    'urn:mace:egi.eu:group:vo.example.org:role=member#aai.example.org'
  ]
};
const CLIENT_ID = 'jupyterlab-deep';

function makeProvider(issuer) {
  const provider = new Provider(issuer, {
    adapter: Memory,
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        response_types: [],
        redirect_uris: [],
        grant_types: [
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:device_code'
        ]
      }
    ],
    features: {
      deviceFlow: { enabled: true },
      devInteractions: { enabled: true },
      revocation: { enabled: !options['no-revocation'] },
      resourceIndicators: {
        enabled: !options.opaque,
        defaultResource: () => 'urn:account',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid profile email',
          audience: 'account',
          accessTokenFormat: 'jwt',
          accessTokenTTL: Number(options['access-s']),
          jwt: { sign: { alg: 'RS256' } }
        })
      }
    },
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'eduperson_entitlement'],
      email: ['email']
    },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...PERSON })
    }),
    extraTokenClaims: () => ({ realm_access: PERSON.realm_access }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: {
      DeviceCode: Number(options['code-s']),
      AccessToken: Number(options['access-s'])
    }
  });
  provider.use(async (context, next) => {
    await next();
    const { body, path } = context;
    if (path.endsWith('/device/auth') && body?.device_code) {
      body.interval = 1;
    }
    if (path.endsWith('/token') && body?.refresh_token) {
      body.refresh_expires_in = SWITCHES.refreshExpiresS;
    }
  });
  return provider;
}

const server = http.createServer();
server.listen(Number(options.port), '127.0.0.1', () => {
  const { realm } = options;
  const issuer = `http://127.0.0.1:${server.address().port}${realm}`;
  const handle = makeProvider(issuer).callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith(realm)) {
      return void steer(request, response);
    }
    const path = request.url.slice(realm.length) || '/';
    seen.push(`${request.method} ${path.split('?')[0]}`);
    if (SWITCHES.isAway) {
      return request.socket.destroy();
    }
    if (SWITCHES.silent.includes(path)) {
      return;
    }
    response.setHeader('date', new Date(Date.now()).toUTCString());
    // It makes its own addresses from the path before the prefix was taken away.
    request.originalUrl = request.url;
    request.url = path;
    setTimeout(
      () => handle(request, response),
      path === '/token' ? SWITCHES.tokenMs : 0
    );
  });
  console.log(JSON.stringify({ issuer, clientId: CLIENT_ID }));
});

/** What a test tells the provider. */
async function steer(request, response) {
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  switch (`${request.method} ${request.url}`) {
    case 'POST /switches':
      Object.assign(SWITCHES, JSON.parse(text));
      break;
    case 'POST /forget':
      Memory.clear();
      break;
    case 'GET /seen':
      response.end(JSON.stringify(seen));
      return;
    default:
      response.statusCode = 404;
  }
  response.end('{}');
}
