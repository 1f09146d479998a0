import '../../style/develop.css';
import type {
  FoundArgument,
  ModuleLicence,
  ModuleVariant,
  NotebookReading,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { NewModuleModel } from './newModuleModel';

interface INewModuleOptions {
  model: NewModuleModel;
  trans: TranslationBundle;
  idPrefix: string;
  /** Null where no dialog can be had. */
  chooseFile: (() => Promise<string | null>) | null;
  /** Save the notebook, so that what is marked in it counts. */
  saveNotebook: (path: string) => Promise<void>;
  onWritten: (written: WrittenModule) => void;
  close: () => void;
}

/** A form, and of a notebook what would become of it. */
export class NewModulePanel extends ReactWidget {
  constructor(private readonly _options: INewModuleOptions) {
    super();
    this.addClass('jp-DeepDevelop');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    return <NewModule {...this._options} />;
  }
}

function NewModule(options: INewModuleOptions): JSX.Element {
  const { model, trans, onWritten, close } = options;
  useChanges(model);
  const { lacks, isBusy, error, reading } = model;
  const isRefused = (reading?.problems.length ?? 0) > 0;
  return (
    <form
      className="jp-DeepDevelop-form"
      onSubmit={event => {
        event.preventDefault();
        void model.write().then(written => written && onWritten(written));
      }}
    >
      <h1>{trans.__('New module')}</h1>
      <p>
        {trans.__(
          'Writes a project with the API of DEEPaaS into a folder of its own: it works as it is, and you change it from there.'
        )}
      </p>
      <Fields {...options} />
      {reading && <Reading reading={reading} options={options} />}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <div className="jp-DeepDevelop-buttons">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={isBusy || isRefused || lacks !== ''}
        >
          {trans.__('Create')}
        </button>
        <button type="button" className="jp-mod-styled" onClick={close}>
          {trans.__('Cancel')}
        </button>
        <span role="status">{isBusy ? trans.__('Working…') : lacks}</span>
      </div>
    </form>
  );
}

const variantsOf = (trans: TranslationBundle): [ModuleVariant, string][] => [
  ['image', trans.__('Pictures: names classes, can be trained')],
  ['text', trans.__('Texts: names classes, can be trained')],
  ['table', trans.__('Tables: names the class of each row, can be trained')],
  ['empty', trans.__('Empty: one function to fill in')],
  ['notebook', trans.__('From a notebook: its marked cells')],
  ['model', trans.__('From a model file, without any code')]
];

const licencesOf = (trans: TranslationBundle): [ModuleLicence, string][] => [
  ['MIT', 'MIT'],
  ['Apache-2.0', 'Apache 2.0'],
  ['BSD-3-Clause', 'BSD 3-Clause'],
  ['GPL-3.0-only', 'GPL 3.0'],
  ['none', trans.__('None yet')]
];

function Fields(options: INewModuleOptions): JSX.Element {
  const { model, trans, idPrefix } = options;
  const { values, folder } = model;
  const text = (
    name: 'title' | 'summary' | 'author',
    label: string
  ): JSX.Element => (
    <Field id={`${idPrefix}-${name}`} label={label}>
      <input
        id={`${idPrefix}-${name}`}
        className="jp-mod-styled"
        value={values[name]}
        maxLength={name === 'summary' ? 200 : 60}
        onChange={event => model.set({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
  return (
    <>
      <Field id={`${idPrefix}-variant`} label={trans.__('Begin with')}>
        <Choice
          id={`${idPrefix}-variant`}
          value={values.variant}
          choices={variantsOf(trans)}
          onChange={variant => model.set({ variant })}
        />
      </Field>
      {['notebook', 'model'].includes(values.variant) && (
        <Source {...options} />
      )}
      {text('title', trans.__('Name'))}
      <Field id={`${idPrefix}-folder`} label={trans.__('Folder')}>
        <input
          id={`${idPrefix}-folder`}
          className="jp-mod-styled"
          value={folder}
          onChange={event => model.set({ folder: event.currentTarget.value })}
        />
      </Field>
      {text('summary', trans.__('What it does, in a sentence'))}
      {text('author', trans.__('Author'))}
      <Field id={`${idPrefix}-licence`} label={trans.__('Licence')}>
        <Choice
          id={`${idPrefix}-licence`}
          value={values.licence}
          choices={licencesOf(trans)}
          onChange={licence => model.set({ licence })}
        />
      </Field>
    </>
  );
}

interface IFieldProps {
  id: string;
  label: string;
  children: React.ReactNode;
}

const Field = ({ id, label, children }: IFieldProps): JSX.Element => (
  <div className="jp-DeepDevelop-field">
    <label htmlFor={id}>{label}</label>
    {children}
  </div>
);

interface IChoiceProps<T extends string> {
  id: string;
  value: T;
  choices: [T, string][];
  onChange: (value: T) => void;
}

const Choice = <T extends string>({
  id,
  value,
  choices,
  onChange
}: IChoiceProps<T>): JSX.Element => (
  <div className="jp-select-wrapper">
    <select
      id={id}
      className="jp-mod-styled"
      value={value}
      onChange={event => onChange(event.currentTarget.value as T)}
    >
      {choices.map(([each, words]) => (
        <option key={each} value={each}>
          {words}
        </option>
      ))}
    </select>
  </div>
);

function Source({
  model,
  trans,
  idPrefix,
  chooseFile
}: INewModuleOptions): JSX.Element {
  const id = `${idPrefix}-source`;
  const { variant, source } = model.values;
  const choose = async (): Promise<void> => {
    const chosen = await chooseFile?.();
    if (chosen) {
      model.set({ source: chosen });
      await model.read();
    }
  };
  return (
    <Field
      id={id}
      label={
        variant === 'notebook' ? trans.__('Notebook') : trans.__('Model file')
      }
    >
      <span className="jp-DeepDevelop-source">
        <input
          id={id}
          className="jp-mod-styled"
          value={source}
          onChange={event => model.set({ source: event.currentTarget.value })}
          onBlur={() => void model.read()}
        />
        {chooseFile && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void choose()}
          >
            {trans.__('Choose…')}
          </button>
        )}
      </span>
    </Field>
  );
}

function Reading({
  reading,
  options
}: {
  reading: NotebookReading;
  options: INewModuleOptions;
}): JSX.Element {
  const { trans, model, saveNotebook } = options;
  const { problems, notes, predict, train, taken, requirements, files } =
    reading;
  const again = async (): Promise<void> => {
    await saveNotebook(model.values.source);
    await model.read();
  };
  return (
    <section
      className="jp-DeepDevelop-reading"
      aria-label={trans.__('What becomes of the notebook')}
    >
      {problems.length > 0 && (
        <div role="alert" className="jp-DeepShared-error">
          <strong>{trans.__('No module can be made of it yet')}</strong>
          {problems.map(problem => (
            <p key={problem}>{problem}</p>
          ))}
        </div>
      )}
      <dl className="jp-DeepDevelop-facts">
        {predict && (
          <Fact
            term="predict"
            value={argumentsText(predict) || trans.__('no arguments')}
          />
        )}
        {train && (
          <Fact
            term="train"
            value={argumentsText(train) || trans.__('no arguments')}
          />
        )}
        {requirements.length > 0 && (
          <Fact term={trans.__('Installs')} value={requirements.join(', ')} />
        )}
        {files.length > 0 && (
          <Fact term={trans.__('Takes along')} value={files.join(', ')} />
        )}
      </dl>
      {taken.length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%1 line of other cells is needed',
              '%1 lines of other cells are needed',
              taken.length,
              taken.length
            )}
          </summary>
          <ul>
            {taken.map(({ cell, code, why }) => (
              <li key={`${cell} ${code}`}>
                <code>{code}</code> ({trans.__('cell %1: %2', cell, why)})
              </li>
            ))}
          </ul>
        </details>
      )}
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void again()}
      >
        {trans.__('Save and look again')}
      </button>
    </section>
  );
}

const Fact = ({
  term,
  value
}: {
  term: string;
  value: string;
}): JSX.Element => (
  <>
    <dt>{term}</dt>
    <dd>{value}</dd>
  </>
);

const argumentsText = (args: readonly FoundArgument[]): string =>
  args
    .map(({ name, type, default: usual }) =>
      usual === undefined
        ? `${name} (${type})`
        : `${name} (${type}, ${JSON.stringify(usual)})`
    )
    .join(', ');
