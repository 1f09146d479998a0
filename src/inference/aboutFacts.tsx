import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** What every part of *About* shows from. */
export interface IAboutPart {
  module: ModuleDetail;
  trans: TranslationBundle;
}

/** A fact and its value; one without a value is not shown. */
export type Row = [name: string, value: React.ReactNode];

/** Facts by name. */
export function Rows({ rows }: { rows: Row[] }): JSX.Element | null {
  const known = rows.filter(([, value]) => value !== '' && value !== undefined);
  if (known.length === 0) {
    return null;
  }
  return (
    <dl>
      {known.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

/** What goes in and comes out, and what for. */
export function Facts({ module, trans }: IAboutPart): JSX.Element {
  const { input, output, tasks, libraries, dataTypes, capabilities } = module;
  const notGiven = trans.__('not given');
  return (
    <section>
      <h2>{trans.__('Input and output')}</h2>
      <Rows
        rows={[
          [trans.__('Takes'), input || notGiven],
          [trans.__('Gives'), output || notGiven],
          [trans.__('Data'), dataTypes.join(', ')],
          [trans.__('Tasks'), tasks.join(', ')],
          [trans.__('Libraries'), libraries.join(', ')],
          [
            trans.__('Offers'),
            capabilities.map(each => capabilityWords(each, trans)).join(', ')
          ]
        ]}
      />
    </section>
  );
}

function capabilityWords(
  capability: ModuleDetail['capabilities'][number],
  trans: TranslationBundle
): string {
  switch (capability) {
    case 'inference':
      return trans.__('inference');
    case 'trainable':
      return trans.__('training');
    case 'pre-trained':
      return trans.__('a trained model');
    case 'tool':
      return trans.__('a tool');
  }
}
