import { ContentsManager, Drive, ServerConnection } from '@jupyterlab/services';

const ROOT = 'http://localhost:8888/api/contents/';
const FILES = 'http://localhost:8888/files/';

/** Stands in for Jupyter's contents: files in memory, and the server's refusals. */
export class StandInContents {
  constructor(files: Record<string, unknown> = {}) {
    this.files = new Map(Object.entries(files));
  }

  /** By path; a folder is a path that ends with `/`. */
  readonly files: Map<string, unknown>;

  /** While set, every save is refused. */
  isFull = false;

  private readonly _serverSettings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/',
    fetch: ((request: Request) =>
      this._answer(request)) as unknown as typeof fetch
  });

  readonly manager = new ContentsManager({
    serverSettings: this._serverSettings,
    defaultDrive: new Drive({ serverSettings: this._serverSettings })
  });

  private async _answer(request: Request): Promise<Response> {
    if (request.url.startsWith(FILES)) {
      return new Response('bytes');
    }
    const path = decodeURIComponent(
      request.url.slice(ROOT.length).split('?')[0]
    );
    const text = await request.text();
    const body = text ? JSON.parse(text) : {};
    switch (request.method) {
      case 'GET':
        return this._get(path);
      case 'POST':
        return this._create(path, body.ext);
      case 'PUT':
        return this._save(path, body);
      case 'PATCH':
        return this._rename(path, body.path);
      default:
        this.files.delete(path);
        return new Response(null, { status: 204 });
    }
  }

  private _get(path: string): Response {
    if (this.files.has(`${path}/`)) {
      return this._reply(path, 200, 'directory');
    }
    return this.files.has(path) ? this._reply(path) : refuse(404);
  }

  private _create(folder: string, ext = '.ipynb'): Response {
    const path = `${folder}/Untitled${ext}`.replace(/^\//, '');
    this.files.set(path, null);
    return this._reply(path, 201);
  }

  /** Pieces after the first are added to what is there; each is base64 of its own. */
  private _save(
    path: string,
    { content, chunk }: { content: unknown; chunk?: number }
  ): Response {
    if (this.isFull) {
      return refuse(500);
    }
    if (chunk === undefined) {
      this.files.set(path, content);
    } else {
      const before = chunk === 1 ? '' : String(this.files.get(path));
      const piece = Buffer.from(String(content), 'base64').toString('latin1');
      this.files.set(path, before + piece);
    }
    return this._reply(path);
  }

  private _rename(path: string, target: string): Response {
    if (this.files.has(target)) {
      return refuse(409);
    }
    this.files.set(target, this.files.get(path));
    this.files.delete(path);
    return this._reply(target);
  }

  private _reply(path: string, status = 200, type = 'file'): Response {
    const time = '2026-01-01T10:00:00Z';
    const model = {
      name: path.split('/').pop(),
      path,
      type: path.endsWith('.ipynb') ? 'notebook' : type,
      created: time,
      last_modified: time,
      writable: true,
      size: 1000,
      content: null,
      format: null,
      mimetype: null
    };
    return new Response(JSON.stringify(model), { status });
  }
}

const refuse = (status: number): Response =>
  new Response(JSON.stringify({ message: `refused: ${status}` }), { status });
