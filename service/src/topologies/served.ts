import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  plainName,
  titleOf,
  yaml
} from '@jupyterlab-deep/kernel-helpers/models/folderTexts';
import {
  DeepError,
  SERVED_TOPOLOGY,
  TopologyCallReply,
  TopologyCallRequest,
  TopologyDocument,
  TopologyServeRequest,
  typeOfName,
  writeTopology
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inference/inputs';
import { Models } from '../models/models';
import { OWN_MODELS } from '../training/ownModels';
import { TopologyCalls } from './calls';
import { locate, realFile } from './locate';
import { refuseProblems } from './refusals';
import { ICarried } from './token';
import { Topologies } from './topologies';

const FIRST_VERSION = '1.0.0';
/** Topologies that are kept ready to be called. */
const MOST_OPEN = 16;

/** Topologies as modules: folders among the user's own, called item by item. */
export class ServedTopologies {
  constructor(
    private readonly _parts: { topologies: Topologies; models: Models }
  ) {}

  /**
   * Write the folder of a module that serves a topology.
   *
   * @returns the module's id.
   * @throws DeepError `topology-invalid` also where it does not begin with one request and end with a reply, or uses itself;
   * `consent-needed`; `conflict` where the name is taken; what `locate` throws.
   */
  async serve(
    request: TopologyServeRequest,
    asker: IAsker
  ): Promise<{ module: string }> {
    const { topologies, models } = this._parts;
    const at = await locate(request, asker);
    const { document } = at;
    refuseUncallable(document);
    const name = plainName(request.name);
    const id = `${OWN_MODELS}/${name}`;
    refuseProblems(
      await topologies.questions.checkLocated(at, { servedAs: id }),
      at
    );
    const version = await this._nextVersion(name);
    const madeOf = await realFile(at.path);
    await models.addFolder(name, request.replace ?? false, async folder => {
      await mkdir(folder, { recursive: true });
      const texts = {
        ...textsOf(name, version, document),
        // A topology in a file that used the module made of it would call itself.
        ...(madeOf && { 'served.json': `${JSON.stringify({ madeOf })}\n` })
      };
      for (const [file, text] of Object.entries(texts)) {
        await writeFile(path.join(folder, file), text);
      }
    });
    return { module: id };
  }

  /**
   * One item through a topology that is served.
   *
   * @throws DeepError `unauthorized` of a browser, which calls the module; what `TopologyCalls.call` throws.
   */
  async call(
    { path: file, values, files }: TopologyCallRequest,
    asker: IAsker,
    signal: AbortSignal
  ): Promise<TopologyCallReply> {
    const calls = await this._open(file, asker);
    const given: Record<string, ICarried> = {};
    for (const [name, value] of Object.entries(values)) {
      given[name] = { value };
    }
    for (const [name, place] of Object.entries(files)) {
      given[name] = await carriedFile(place);
    }
    const { replies, failures, dispose } = await calls.call(given, signal);
    try {
      return {
        replies: await Promise.all(replies.map(replied)),
        failures: failures.map(({ node, error }) => ({
          node,
          says: error.detail
        }))
      };
    } finally {
      await dispose();
    }
  }

  close(): void {
    for (const { calls } of this._opened.values()) {
      calls.close();
    }
    this._opened.clear();
  }

  /** Ready to be called, as the file is now. */
  private async _open(file: string, asker: IAsker): Promise<TopologyCalls> {
    const { document } = await locate({ path: file }, asker);
    const text = writeTopology(document);
    const known = this._opened.get(file);
    if (known?.text === text) {
      return known.calls;
    }
    known?.calls.close();
    const calls = this._parts.topologies.calls(document);
    this._opened.delete(file);
    this._opened.set(file, { text, calls });
    const [oldest] = this._opened;
    if (this._opened.size > MOST_OPEN && oldest) {
      oldest[1].calls.close();
      this._opened.delete(oldest[0]);
    }
    return calls;
  }

  private async _nextVersion(name: string): Promise<string> {
    const file = path.join(this._parts.models.pathOf(name), 'module.json');
    const text = await readFile(file, 'utf8').catch(() => '{}');
    const last = /^(\d+)\.(\d+)\.(\d+)$/.exec(
      (JSON.parse(text) as { version?: string }).version ?? ''
    );
    return last ? `${last[1]}.${Number(last[2]) + 1}.0` : FIRST_VERSION;
  }

  private readonly _opened = new Map<
    string,
    { text: string; calls: TopologyCalls }
  >();
}

/** @throws DeepError `topology-invalid` */
function refuseUncallable({ nodes }: TopologyDocument): void {
  const kinds = Object.values(nodes).map(({ kind }) => kind);
  const requests = kinds.filter(kind => kind === 'request').length;
  const others = ['files', 'dataset', 'csv-column'].filter(kind =>
    kinds.some(each => each === kind)
  );
  const problem =
    requests !== 1
      ? `it has ${requests} of them`
      : others.length > 0
        ? `it also has other sources (${others.join(', ')})`
        : !kinds.includes('reply') && 'it has no reply';
  if (problem) {
    throw new DeepError(
      'topology-invalid',
      `A topology that is served begins with one request and ends with a reply; ${problem}.`,
      {
        hint: 'Put a request in the place of its source, and a reply beside its sinks: those are not filled by calls.'
      }
    );
  }
}

function textsOf(
  name: string,
  version: string,
  document: TopologyDocument
): Record<string, string> {
  const title = document.title || titleOf(name);
  const description = document.description || `The topology “${title}”.`;
  const day = new Date().toISOString().slice(0, 10);
  const manifest = { name, version, title, description, task: 'topology' };
  return {
    'module.json': `${JSON.stringify(manifest, null, 2)}\n`,
    [SERVED_TOPOLOGY]: writeTopology(document),
    'ai4-metadata.yml': yaml({
      metadata_version: '2.3.0',
      title,
      summary: description.slice(0, 150),
      description,
      dates: { created: day, updated: day },
      links: { source_code: 'https://example.org/jupyterlab-deep' },
      tags: ['topology', 'own model'],
      tasks: ['Other'],
      categories: ['AI4 inference'],
      libraries: ['Other'],
      'data-type': ['Other']
    })
  };
}

async function carriedFile(place: string): Promise<ICarried> {
  const { size: sizeBytes } = await stat(place).catch(cause => {
    const says = `The file ${place} cannot be read.`;
    throw new DeepError('not-found', says, { cause });
  });
  const name = path.basename(place);
  const contentType = typeOfName(name);
  return { file: { name, contentType, sizeBytes, path: place } };
}

async function replied({
  value = null,
  file
}: ICarried): Promise<TopologyCallReply['replies'][number]> {
  if (!file) {
    return { value };
  }
  const { name, contentType } = file;
  const base64 = (await readFile(file.path)).toString('base64');
  return { file: { name, contentType, base64 } };
}
