import type { Health, Module } from '@jupyterlab-deep/protocol';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatSize } from '../shared/sizes';
import { useSignal } from '../shared/useChanges';
import { Markdown } from './markdown';
import type { IPageContext } from './pageContext';

interface IAboutProps {
  page: IPageContext;
  module: Module;
}

/** What the module is: its own text, then the facts. */
export function About({ page, module }: IAboutProps): JSX.Element {
  const { service, trans, rendermime } = page;
  useSignal(service.connectionChanged);
  return (
    <div className="jp-DeepInference-about">
      <Markdown
        source={module.description || module.summary}
        rendermime={rendermime}
        trans={trans}
      />
      <aside>
        <Facts rows={factRows(module, service.health, trans)} />
        <Links links={module.links} trans={trans} />
        <Citation citation={module.citation} trans={trans} />
        <Problems module={module} trans={trans} />
      </aside>
    </div>
  );
}

type Row = [name: string, value: string];

function factRows(
  module: Module,
  health: Health | null,
  trans: TranslationBundle
): Row[] {
  const { input, output, resources, image, sizeBytes } = module;
  const rows: Row[] = [
    [trans.__('Takes'), input],
    [trans.__('Gives'), output],
    [trans.__('Tasks'), module.tasks.join(', ')],
    [trans.__('Needs'), resourceWords(resources, trans)],
    [trans.__('This machine'), health ? machineWords(health, trans) : ''],
    [trans.__('Size'), sizeBytes === undefined ? '' : formatSize(sizeBytes)],
    [trans.__('Licence'), module.licence || trans.__('not given')],
    [trans.__('Version'), module.version],
    [trans.__('Comes from'), `${module.source} (${module.id})`],
    [trans.__('Image'), image ?? ''],
    [trans.__('Tags'), module.tags.join(', ')]
  ];
  return rows.filter(([, value]) => value !== '');
}

function resourceWords(
  resources: Module['resources'],
  trans: TranslationBundle
): string {
  const { cpu, gpu, memoryMb, storageMb } = resources ?? {};
  const words = [
    cpu ? trans._n('%1 CPU', '%1 CPUs', cpu) : '',
    gpu ? trans._n('%1 GPU', '%1 GPUs', gpu) : '',
    memoryMb ? trans.__('%1 memory', formatSize(memoryMb * 1e6)) : '',
    storageMb ? trans.__('%1 disk', formatSize(storageMb * 1e6)) : ''
  ];
  return words.filter(word => word !== '').join(', ');
}

function machineWords({ machine }: Health, trans: TranslationBundle): string {
  const gpus = machine.gpus.length;
  return [
    trans._n('%1 CPU', '%1 CPUs', machine.cpus),
    trans.__('%1 memory', formatSize(machine.memoryBytes)),
    gpus ? trans._n('%1 GPU', '%1 GPUs', gpus) : trans.__('no GPU')
  ].join(', ');
}

function Facts({ rows }: { rows: Row[] }): JSX.Element {
  return (
    <dl>
      {rows.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

interface ILinksProps {
  links: Module['links'];
  trans: TranslationBundle;
}

function Links({ links, trans }: ILinksProps): JSX.Element | null {
  // Only the web: a link of a catalogue may hold any scheme.
  const entries = Object.entries(links).filter(([, url]) =>
    /^https?:\/\//i.test(url)
  );
  if (entries.length === 0) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Links')}</h2>
      <ul>
        {entries.map(([name, url]) => (
          <li key={name}>
            <a href={url} target="_blank" rel="noopener noreferrer">
              {name.replace(/_/g, ' ')}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ICitationProps {
  citation: string | undefined;
  trans: TranslationBundle;
}

function Citation({ citation, trans }: ICitationProps): JSX.Element | null {
  if (!citation) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Citation')}</h2>
      <pre tabIndex={0}>{citation}</pre>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => Clipboard.copyToSystem(citation)}
      >
        {trans.__('Copy citation')}
      </button>
    </section>
  );
}

interface IProblemsProps {
  module: Module;
  trans: TranslationBundle;
}

function Problems({ module, trans }: IProblemsProps): JSX.Element | null {
  const { problems } = module;
  if (problems.length === 0) {
    return null;
  }
  return (
    <section>
      <h2>
        {trans._n(
          '%1 problem in the metadata',
          '%1 problems in the metadata',
          problems.length
        )}
      </h2>
      <ul>
        {problems.map(({ key, message }) => (
          <li key={`${key}-${message}`}>
            {key && <code>{key}</code>} {message}
          </li>
        ))}
      </ul>
    </section>
  );
}
