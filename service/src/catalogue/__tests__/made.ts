import { Module } from '@jupyterlab-deep/protocol';
import { ICatalogueEntry, ISource, ISourceReading } from '../source';

/** A module as a source gives it. */
export function makeModule(
  source: string,
  name: string,
  more: Partial<Module> = {}
): Module {
  const id = `${source}/${name}`;
  return {
    id,
    source,
    name,
    title: name,
    summary: '',
    description: '',
    version: '',
    licence: '',
    capabilities: [],
    tasks: [],
    libraries: [],
    dataTypes: [],
    tags: [],
    input: '',
    output: '',
    links: {},
    runtime: 'container',
    examples: [],
    problems: [],
    broken: false,
    origins: [{ source, id, title: source.toUpperCase() }],
    ...more
  };
}

export const entry = (
  ...args: Parameters<typeof makeModule>
): ICatalogueEntry => ({ module: makeModule(...args) });

/** A source that answers what the test says. */
export class MadeSource implements ISource {
  constructor(
    readonly id: string,
    public reading: ISourceReading = { entries: [] }
  ) {
    this.title = id.toUpperCase();
    this.address = `https://${id}.example.org`;
  }

  readonly kind = 'papi';
  readonly title: string;
  readonly address: string;
  asked = 0;
  answer: ISource['refresh'] = async () => this.reading;

  load(): Promise<ISourceReading> {
    return Promise.resolve(this.reading);
  }

  refresh(options: Parameters<ISource['refresh']>[0]): Promise<ISourceReading> {
    this.asked += 1;
    return this.answer(options);
  }
}
