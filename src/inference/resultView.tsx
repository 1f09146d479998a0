import type { Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { CodeView } from './codeView';
import type { IPageContext } from './pageContext';
import type { IPredictionResult } from './result';
import { Actions } from './results/actions';
import { AnswerView } from './results/answerView';
import { filenameOf } from './results/fileName';
import { inputPicture } from './results/inputPicture';
import { JsonTree } from './results/jsonTree';
import { TextView } from './results/textView';
import type { IViewContext } from './results/viewContext';
import { Tabs } from './tabs';

/** The last answer: as a person would look at it, as JSON, as code. */
export function ResultView({ page }: { page: IPageContext }): JSX.Element {
  const { trans, model, idPrefix } = page;
  const { result, resultRun, busySince, error } = model.trial;
  const [tab, setTab] = React.useState('result');
  const view = useView(page, result, resultRun);
  const tabs = [
    {
      id: 'result',
      label: trans.__('Result'),
      render: () =>
        view ? (
          <>
            <AnswerView key={resultRun?.id} view={view} />
            <Actions page={page} view={view} />
          </>
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__('Press Predict to see a result here.')}
          </p>
        )
    },
    {
      id: 'json',
      label: trans.__('JSON'),
      render: () => <Json view={view} page={page} />
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

/** Made once for each result: views keep what the user set as long as it is the same. */
function useView(
  page: IPageContext,
  result: IPredictionResult | null,
  run: Run | null
): IViewContext | null {
  const { trans, client, idPrefix } = page;
  return React.useMemo(
    () =>
      result && run
        ? {
            result,
            filename: filenameOf(run, result),
            input: inputPicture(run, client),
            trans,
            idPrefix,
            depth: 0
          }
        : null,
    [result, run, client, trans, idPrefix]
  );
}

interface IJsonProps {
  page: IPageContext;
  view: IViewContext | null;
}

/** The answer as data, to be opened step by step or as text. */
function Json({ page, view }: IJsonProps): JSX.Element {
  const { trans } = page;
  if (view?.result.text === undefined) {
    return (
      <p className="jp-DeepInference-empty">
        {view
          ? trans.__('The answer is no text: %1.', view.result.contentType)
          : trans.__('No answer yet.')}
      </p>
    );
  }
  const { json } = view.result;
  return (
    <>
      {typeof json === 'object' && json !== null && (
        <details open>
          <summary>{trans.__('As a tree')}</summary>
          <JsonTree value={json} trans={trans} />
        </details>
      )}
      <TextView view={view} />
    </>
  );
}
