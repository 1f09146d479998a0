import '../../style/develop.css';
import type { CodeFailure, Development } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IPageContext } from '../inference/pageContext';
import { Try } from '../inference/try';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { LiveModel } from './liveModel';
import { INextSteps, NextSteps } from './nextSteps';

interface ILiveOptions {
  model: LiveModel;
  service: IDeepService;
  trans: TranslationBundle;
  /** Open a file of the folder at a line. */
  openAt: (file: string, line: number) => void;
  onLog: (deployment: string) => void;
  stepsOf: (development: Development) => INextSteps;
}

/** How the module that is edited does, and its form. */
export class LivePanel extends ReactWidget {
  constructor(private readonly _options: ILiveOptions) {
    super();
    this.addClass('jp-DeepInference-page');
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
    return <Live {...this._options} />;
  }
}

function Live(options: ILiveOptions): JSX.Element {
  const { model, service, trans } = options;
  useChanges(model);
  const { development, page, error } = model;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      {error && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Try again'), onClick: () => void model.begin() }
          ]}
        />
      )}
      {development && <Head development={development} options={options} />}
      {development && <Trouble development={development} options={options} />}
      {page && isTried(development) && <Trial page={page} />}
    </>
  );
}

/** The form says in its own words that it failed: here that is said with its lines. */
const isTried = (development: Development | null): boolean =>
  !['ended', 'failed', 'asking'].includes(development?.state ?? 'ended');

const SIGNS: Record<Development['state'], string> = {
  asking: '▲',
  starting: '◐',
  serving: '●',
  failed: '▲',
  stopped: '○',
  ended: '○'
};

function Head({
  development,
  options
}: {
  development: Development;
  options: ILiveOptions;
}): JSX.Element {
  const { model, trans, onLog, stepsOf } = options;
  const { title, state, deployment } = development;
  return (
    <div className="jp-DeepDevelop-head">
      <h1>{title}</h1>
      <p role="status">
        <span aria-hidden="true">{SIGNS[state]}</span>{' '}
        {stateWords(development, trans)}
      </p>
      <div className="jp-DeepDevelop-buttons">
        {state === 'ended' ? (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => void model.begin()}
          >
            {trans.__('Serve again')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.stop()}
          >
            {trans.__('Stop')}
          </button>
        )}
        {state === 'serving' && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.restart()}
          >
            {trans.__('Restart')}
          </button>
        )}
        {deployment && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => onLog(deployment)}
          >
            {trans.__('Log')}
          </button>
        )}
      </div>
      {state !== 'asking' && (
        <NextSteps steps={stepsOf(development)} trans={trans} />
      )}
    </div>
  );
}

function stateWords(
  { state, phase, starts, changed }: Development,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'asking':
      return trans.__('Waiting for your consent');
    case 'starting':
      return changed.length > 0
        ? trans.__('Starting with %1…', changed.join(', '))
        : phase || trans.__('Starting…');
    case 'serving':
      return starts > 1
        ? trans.__(
            'Serving what you saved last (start %1). Each save starts it anew.',
            starts
          )
        : trans.__('Serving. Each save starts it anew.');
    case 'failed':
      return trans.__('It could not be started. Mend it and save.');
    case 'stopped':
      return trans.__('Not running. A save starts it anew.');
    case 'ended':
      return trans.__('Ended: it is not watched any more.');
  }
}

function Trouble({
  development,
  options
}: {
  development: Development;
  options: ILiveOptions;
}): JSX.Element | null {
  const { model, trans, openAt } = options;
  const { state, failure, problem } = development;
  if (state === 'asking' && problem) {
    return (
      <div className="jp-DeepInference-consent" role="status">
        <strong>{trans.__('This module is code that runs as you')}</strong>
        <p>{problem.detail}</p>
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => void model.askForConsent()}
        >
          {trans.__('Review and decide…')}
        </button>
      </div>
    );
  }
  if (failure) {
    return <Failure failure={failure} openAt={openAt} trans={trans} />;
  }
  return problem ? <ErrorBox problem={problem} trans={trans} /> : null;
}

interface IFailureProps {
  failure: CodeFailure;
  openAt: ILiveOptions['openAt'];
  trans: TranslationBundle;
}

/** What its code raised; each line leads into the editor. */
function Failure({ failure, openAt, trans }: IFailureProps): JSX.Element {
  const frames = [...failure.frames].reverse();
  return (
    <div role="alert" className="jp-DeepShared-error">
      <strong>{failure.message}</strong>
      <ul className="jp-DeepDevelop-frames">
        {frames.map(({ file, line, within }, index) => (
          <li key={`${index} ${file} ${line}`}>
            <button
              type="button"
              className="jp-DeepDevelop-link"
              onClick={() => openAt(file, line)}
            >
              {within
                ? trans.__('%1, line %2, in %3', file, line, within)
                : trans.__('%1, line %2', file, line)}
            </button>
          </li>
        ))}
      </ul>
      <details>
        <summary>{trans.__('Details')}</summary>
        <pre>{failure.text}</pre>
      </details>
    </div>
  );
}

function Trial({ page }: { page: IPageContext }): JSX.Element | null {
  const { model } = page;
  useChanges(model);
  return (
    model.module && (
      <Try page={page} module={model.module} isDraft isStateKnown />
    )
  );
}
