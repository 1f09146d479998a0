import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import { ListField, TextField } from './fields';
import type { MetadataModel } from './model';
import { labelOf } from './words';

interface IMetadataFormProps {
  model: MetadataModel;
  trans: TranslationBundle;
}

const LISTS = ['categories', 'tasks', 'libraries', 'data-type'];

/** What the text says, in fields. */
export function MetadataForm({
  model,
  trans
}: IMetadataFormProps): JSX.Element | null {
  useChanges(model);
  const { vocabularies: words } = model;
  if (!words || !model.found) {
    return null;
  }
  const field = { model, trans };
  return (
    <form
      className="jp-DeepMetadata-form"
      aria-label={trans.__('Description of the module')}
      onSubmit={event => event.preventDefault()}
    >
      {!model.canEdit && (
        <p role="status" className="jp-DeepMetadata-hint">
          {obstacle(model, trans)}
        </p>
      )}
      <fieldset disabled={!model.canEdit} className="jp-DeepMetadata-all">
        <legend className="jp-DeepMetadata-hidden">{trans.__('Values')}</legend>
        <TextField {...field} path={['title']} />
        <TextField {...field} path={['summary']} />
        <TextField {...field} path={['description']} kind="long" />
        {LISTS.map(key => (
          <ListField
            key={key}
            {...field}
            path={[key]}
            words={words.lists[key] ?? []}
          />
        ))}
        <TextField {...field} path={['tags']} kind="words" />
        <h3>{trans.__('Links')}</h3>
        {[...words.links].sort(sourceFirst).map(key => (
          <TextField key={key} {...field} path={['links', key]} />
        ))}
        <TextField {...field} path={['doi']} />
        <h3>{trans.__('Dates')}</h3>
        <TextField {...field} path={['dates', 'created']} kind="date" />
        <TextField {...field} path={['dates', 'updated']} kind="date" />
        <Resources {...field} keys={words.resources} />
      </fieldset>
    </form>
  );
}

/** The one that every module must have. */
const sourceFirst = (one: string, other: string): number =>
  Number(other === 'source_code') - Number(one === 'source_code');

function obstacle(model: MetadataModel, trans: TranslationBundle): string {
  if (model.text.isReadOnly) {
    return trans.__('The document is read-only.');
  }
  return model.found?.version === 1
    ? trans.__(
        'This is version 1. Migrate it, and the form can write into the text.'
      )
    : trans.__(
        'The text cannot be read as it is. Mend it there, and the form works again.'
      );
}

function Resources({
  keys,
  ...field
}: IMetadataFormProps & { keys: readonly string[] }): JSX.Element {
  const { trans } = field;
  return (
    <details>
      <summary>{trans.__('What it needs')}</summary>
      {['inference', 'training'].map(use => (
        <React.Fragment key={use}>
          <h3>{labelOf(use, trans)}</h3>
          {keys.map(key => (
            <TextField
              key={key}
              {...field}
              path={['resources', use, key]}
              kind="number"
            />
          ))}
        </React.Fragment>
      ))}
    </details>
  );
}
