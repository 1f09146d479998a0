import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

/** Puts TLS before the socket of an engine: only who has a certificate of its authority is let in. */
export class TlsHere {
  static async start(socket: string): Promise<TlsHere> {
    const here = new TlsHere(socket);
    here._server.listen(0, '127.0.0.1');
    await once(here._server, 'listening');
    return here;
  }

  private constructor(socket: string) {
    for (const authority of ['ours', 'another']) {
      this._makeAuthority(authority);
      this._sign(`user-of-${authority}`, authority);
    }
    this._sign('engine', 'ours', 'subjectAltName=IP:127.0.0.1');
    const read = (name: string): string => readFileSync(this.at(name), 'utf8');
    this._server = tls.createServer(
      {
        ca: read('ours.pem'),
        cert: read('engine.pem'),
        key: read('engine.key'),
        requestCert: true,
        rejectUnauthorized: true
      },
      client => {
        const engine = net.connect(socket);
        client.on('error', () => engine.destroy());
        engine.on('error', () => client.destroy());
        client.pipe(engine).pipe(client);
      }
    );
  }

  /** As the administrator's file has it. */
  setting(
    id: string,
    files: { caFile?: string; certFile?: string; keyFile?: string }
  ): object {
    const { port } = this._server.address() as AddressInfo;
    return {
      id,
      kind: 'container',
      address: `tcp://127.0.0.1:${port}`,
      ...files
    };
  }

  /** Whom an authority has signed for. */
  userOf(authority: string): { certFile: string; keyFile: string } {
    const name = `user-of-${authority}`;
    return {
      certFile: this.at(`${name}.pem`),
      keyFile: this.at(`${name}.key`)
    };
  }

  at(name: string): string {
    return path.join(this._folder, name);
  }

  stop(): void {
    this._server.close();
    rmSync(this._folder, { recursive: true });
  }

  private _makeAuthority(name: string): void {
    const out = [
      '-keyout',
      this.at(`${name}.key`),
      '-out',
      this.at(`${name}.pem`)
    ];
    openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-days',
      '1',
      '-subj',
      `/CN=${name}`,
      ...out
    );
  }

  private _sign(name: string, authority: string, more = ''): void {
    const [key, request] = [this.at(`${name}.key`), this.at(`${name}.csr`)];
    openssl(
      'req',
      ...NEW_KEY,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      request
    );
    writeFileSync(this.at('extensions'), more);
    openssl(
      ...['x509', '-req', '-in', request, '-days', '1', '-CAcreateserial'],
      ...[
        '-CA',
        this.at(`${authority}.pem`),
        '-CAkey',
        this.at(`${authority}.key`)
      ],
      ...['-extfile', this.at('extensions'), '-out', this.at(`${name}.pem`)]
    );
  }

  private readonly _folder = mkdtempSync('/tmp/dl-');
  private readonly _server: tls.Server;
}

const NEW_KEY = [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes'
];

const openssl = (...args: string[]): void =>
  void execFileSync('openssl', args, { stdio: 'ignore' });
