import type { ClassScore, Run } from '@jupyterlab-deep/protocol';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatSize } from '../shared/sizes';
import { CodeView } from './codeView';
import type { IPageContext } from './pageContext';
import { useBlobUrl } from './picture';
import { IPredictionResult, SHOWN_CHARACTERS } from './result';
import { Tabs } from './tabs';

/** The last answer: as a person would look at it, as JSON, as code. */
export function ResultView({ page }: { page: IPageContext }): JSX.Element {
  const { trans, model, idPrefix } = page;
  const { result, resultRun, busySince, error } = model.trial;
  const [tab, setTab] = React.useState('result');
  const tabs = [
    {
      id: 'result',
      label: trans.__('Result'),
      render: () =>
        result && resultRun ? (
          <Answer page={page} result={result} run={resultRun} />
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__('Press Predict to see a result here.')}
          </p>
        )
    },
    {
      id: 'json',
      label: trans.__('JSON'),
      render: () => <TextOf result={result} trans={trans} />
    },
    {
      id: 'code',
      label: trans.__('As code'),
      render: () => <CodeView page={page} />
    }
  ];
  return (
    <div className={busySince || error ? 'jp-mod-stale' : undefined}>
      <Tabs
        idPrefix={`${idPrefix}-result`}
        label={trans.__('Result')}
        tabs={tabs}
        current={tab}
        onChange={setTab}
      />
    </div>
  );
}

interface IAnswerProps {
  page: IPageContext;
  result: IPredictionResult;
  run: Run;
}

function Answer({ page, result, run }: IAnswerProps): JSX.Element {
  const { trans } = page;
  if (result.scores) {
    return <Classified page={page} scores={result.scores} run={run} />;
  }
  if (/^image\/(?!svg)/.test(result.contentType)) {
    return <PictureAnswer result={result} run={run} trans={trans} />;
  }
  if (result.text !== undefined) {
    return <TextOf result={result} trans={trans} />;
  }
  return <Download result={result} run={run} trans={trans} />;
}

interface IClassifiedProps {
  page: IPageContext;
  scores: ClassScore[];
  run: Run;
}

/** The picture with its best label, and all labels with bars. */
function Classified({ page, scores, run }: IClassifiedProps): JSX.Element {
  const { trans, client } = page;
  const [input] = run.inputs;
  const url = useBlobUrl(run, () =>
    input
      ? client.getInput(run.id, input.argument)
      : Promise.reject(new Error('no input'))
  );
  const [best] = scores;
  return (
    <figure className="jp-DeepInference-classified">
      {url && (
        <div className="jp-DeepInference-picture">
          <img src={url} alt={trans.__('The picture that was classified')} />
          <span aria-hidden="true">
            {best.label} {percent(best.probability)}
          </span>
        </div>
      )}
      <figcaption>
        <table className="jp-DeepInference-scores">
          <thead className="jp-DeepInference-hidden">
            <tr>
              <th scope="col">{trans.__('Label')}</th>
              <td aria-hidden="true" />
              <th scope="col">{trans.__('Probability')}</th>
            </tr>
          </thead>
          <tbody>
            {scores.map(({ label, probability, index }) => (
              <tr key={index}>
                <th scope="row">{label}</th>
                <td aria-hidden="true" className="jp-DeepInference-bar">
                  <span style={{ width: `${probability * 100}%` }} />
                </td>
                <td className="jp-DeepInference-percent">
                  {percent(probability)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </figcaption>
    </figure>
  );
}

/** `69 %`; below one percent one more digit. */
export function percent(probability: number): string {
  return new Intl.NumberFormat(document.documentElement.lang || undefined, {
    style: 'percent',
    maximumFractionDigits: probability < 0.01 ? 2 : probability < 0.1 ? 1 : 0
  }).format(probability);
}

interface IPlainAnswerProps {
  result: IPredictionResult;
  run: Run;
  trans: TranslationBundle;
}

function PictureAnswer(props: IPlainAnswerProps): JSX.Element {
  const { result, trans } = props;
  const url = useBlobUrl(result, async () => result.blob);
  return (
    <div className="jp-DeepInference-picture">
      {url && <img src={url} alt={trans.__('The picture that was answered')} />}
      <Download {...props} />
    </div>
  );
}

function Download({ result, run, trans }: IPlainAnswerProps): JSX.Element {
  const url = useBlobUrl(result, async () => result.blob);
  const name = run.result?.filename ?? `${run.id}`;
  return (
    <p>
      {url && (
        <a href={url} download={name}>
          {trans.__('Save the answer as a file')}
        </a>
      )}{' '}
      {result.contentType} · {formatSize(result.blob.size)}
    </p>
  );
}

interface ITextOfProps {
  result: IPredictionResult | null;
  trans: TranslationBundle;
}

function TextOf({ result, trans }: ITextOfProps): JSX.Element {
  const text = result?.text;
  if (text === undefined) {
    return (
      <p className="jp-DeepInference-empty">
        {result
          ? trans.__('The answer is no text: %1.', result.contentType)
          : trans.__('No answer yet.')}
      </p>
    );
  }
  return (
    <div className="jp-DeepInference-code">
      <div className="jp-DeepInference-codeBar">
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => Clipboard.copyToSystem(text)}
        >
          {trans.__('Copy')}
        </button>
        {text.length > SHOWN_CHARACTERS && (
          <span>
            {trans.__(
              'The first %1 of %2 characters; Copy takes all.',
              SHOWN_CHARACTERS.toLocaleString(),
              text.length.toLocaleString()
            )}
          </span>
        )}
      </div>
      <pre tabIndex={0} aria-label={trans.__('Answer')}>
        {text.slice(0, SHOWN_CHARACTERS)}
      </pre>
    </div>
  );
}
