import type { ModelTensor } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { CopyButton } from '../../inference/copyButton';
import { ErrorBox } from '../../shared/errorBox';
import { formatSize } from '../../shared/sizes';
import type { IWizardContext } from './context';
import { EXPORT_LINES } from './exportLines';

/** What was found in the file; without one, how to come to one. */
export function ModelStep({ wizard }: { wizard: IWizardContext }): JSX.Element {
  const { model, trans } = wizard;
  const { inspection, path, error } = model;
  return (
    <>
      {path !== null && (
        <p>
          {trans.__('File')}: <code>{path}</code>
        </p>
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      {inspection && <Found wizard={wizard} />}
      {inspection?.problem && (
        <ErrorBox problem={inspection.problem} trans={trans} />
      )}
      {!inspection && !model.busy && <HowTo trans={trans} />}
      <ChooseFile wizard={wizard} />
    </>
  );
}

function Found({ wizard }: { wizard: IWizardContext }): JSX.Element | null {
  const { model, trans } = wizard;
  const found = model.inspection!;
  const facts: [string, string][] = [
    [trans.__('Takes'), found.inputs.map(tensorWords).join('; ')],
    [trans.__('Gives'), found.outputs.map(tensorWords).join('; ')],
    [
      trans.__('Format'),
      [
        found.format === 'onnx' ? 'ONNX' : 'TensorFlow.js',
        found.opset !== undefined && trans.__('opset %1', found.opset),
        found.producer,
        formatSize(found.sizeBytes)
      ]
        .filter(Boolean)
        .join(' · ')
    ]
  ];
  return (
    <>
      <dl className="jp-DeepWizard-facts">
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {found.findings.length > 0 && (
        <ul
          className="jp-DeepWizard-findings"
          aria-label={trans.__('What was found')}
        >
          {found.findings.map(({ text, isCertain }) => (
            <li key={text} data-certain={isCertain}>
              {!isCertain && <strong>{trans.__('A guess:')} </strong>}
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const tensorWords = ({ name, type, shape }: ModelTensor): string =>
  [name, type, shape.map(length => length ?? '?').join(' × ')]
    .filter(Boolean)
    .join(' ');

function HowTo({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <section
      className="jp-DeepWizard-howTo"
      aria-label={trans.__('How to export a model')}
    >
      <p>
        {trans.__(
          'A module is made of a file that is data and not a program: ONNX, or TensorFlow.js. One line in the notebook makes it:'
        )}
      </p>
      {EXPORT_LINES.map(({ library, code }) => (
        <div key={library} className="jp-DeepWizard-line">
          <h3>{library}</h3>
          <CopyButton label={trans.__('Copy')} text={code} trans={trans} />
          <pre tabIndex={0} aria-label={library}>
            {code}
          </pre>
        </div>
      ))}
    </section>
  );
}

function ChooseFile({
  wizard
}: {
  wizard: IWizardContext;
}): JSX.Element | null {
  const { chooseFile, model, trans } = wizard;
  if (!chooseFile) {
    return null;
  }
  return (
    <p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={async () => {
          const path = await chooseFile();
          if (path !== null && !model.isDisposed) {
            await model.open(path);
          }
        }}
      >
        {model.path === null
          ? trans.__('Choose a model file…')
          : trans.__('Choose another file…')}
      </button>
    </p>
  );
}
