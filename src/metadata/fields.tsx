import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { MetadataModel } from './model';
import { helpOf, labelOf } from './words';

interface IFieldProps {
  model: MetadataModel;
  path: string[];
  trans: TranslationBundle;
}

interface ITextFieldProps extends IFieldProps {
  kind?: 'text' | 'long' | 'number' | 'date' | 'words';
}

/** One value of the text; what is being typed stays as it is typed. */
export function TextField(props: ITextFieldProps): JSX.Element {
  const { model, path, trans, kind = 'text' } = props;
  const id = React.useId();
  const [draft, setDraft] = React.useState<string | null>(null);
  const key = path[path.length - 1];
  const shown = draft ?? shownOf(model.valueOf(path));
  const isRequired = ['title', 'summary', 'description', 'source_code'];
  const attributes = {
    id,
    className: 'jp-mod-styled',
    value: shown,
    'aria-describedby': `${id}-about`,
    'aria-invalid': hasError(model, path),
    onChange: (
      event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>
    ) => {
      const { value } = event.target;
      setDraft(value);
      const read = readOf(value, kind);
      if (read !== undefined) {
        const isKept = isRequired.includes(key) || kind === 'words';
        void model.edit(path, read === '' && !isKept ? null : read);
      }
    },
    onBlur: () => setDraft(null)
  };
  return (
    <div className="jp-DeepMetadata-field">
      <label htmlFor={id}>{labelOf(key, trans)}</label>
      {kind === 'long' ? (
        <textarea rows={6} {...attributes} />
      ) : (
        <input type={kind === 'date' ? 'date' : 'text'} {...attributes} />
      )}
      <About id={`${id}-about`} {...props} />
    </div>
  );
}

const shownOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'object' || value === undefined
      ? ''
      : String(value);

/** What is written for what was typed; undefined while it is none. */
function readOf(
  typed: string,
  kind: ITextFieldProps['kind']
): string | number | string[] | undefined {
  if (kind === 'words') {
    const words = typed.split(',').map(word => word.trim());
    return [...new Set(words.filter(word => word !== ''))];
  }
  if (kind === 'number' && typed.trim() !== '') {
    const number = Number(typed);
    return Number.isFinite(number) ? number : undefined;
  }
  return typed;
}

const hasError = (model: MetadataModel, path: readonly string[]): boolean =>
  model.problemsOf(path.join('.')).some(({ severity }) => severity === 'error');

interface IAboutProps extends IFieldProps {
  id: string;
}

/** Help, and what is wrong, beside the field. */
function About({ id, model, path, trans }: IAboutProps): JSX.Element {
  const problems = model.problemsOf(path.join('.'));
  return (
    <p id={id} className="jp-DeepMetadata-about">
      {problems.length > 0
        ? problems.map(({ message }) => message).join(' ')
        : helpOf(path[path.length - 1], trans)}
    </p>
  );
}

interface IListFieldProps extends IFieldProps {
  words: readonly string[];
}

/** Words of a list that the platform knows. Others that the text has are shown, so that they can be taken away. */
export function ListField(props: IListFieldProps): JSX.Element {
  const { model, path, words, trans } = props;
  const id = React.useId();
  const value = model.valueOf(path);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const foreign = chosen.filter(word => !words.includes(word));
  const toggle = (word: string) =>
    void model.edit(
      path,
      chosen.includes(word)
        ? chosen.filter(each => each !== word)
        : [...chosen, word]
    );
  return (
    <fieldset className="jp-DeepMetadata-list" aria-describedby={id}>
      <legend>{labelOf(path[path.length - 1], trans)}</legend>
      {[...words, ...foreign].map(word => (
        <label key={word}>
          <input
            type="checkbox"
            checked={chosen.includes(word)}
            onChange={() => toggle(word)}
          />{' '}
          {foreign.includes(word) ? trans.__('%1 (unknown)', word) : word}
        </label>
      ))}
      <About id={id} {...props} />
    </fieldset>
  );
}
