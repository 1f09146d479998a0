import '../../style/develop.css';
import type { CheckFinding, CheckReport } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { CheckModel } from './checkModel';

interface ICheckOptions {
  model: CheckModel;
  title: string;
  trans: TranslationBundle;
}

/** The report of a check. */
export class CheckPanel extends ReactWidget {
  constructor(private readonly _options: ICheckOptions) {
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
    return <Check {...this._options} />;
  }
}

function Check({ model, title, trans }: ICheckOptions): JSX.Element {
  useChanges(model);
  const { report, error, isBusy } = model;
  const again = {
    label: trans.__('Check again'),
    onClick: () => void model.begin()
  };
  const confirm = {
    label: trans.__('It is mine: check it'),
    onClick: () => void model.begin({ allowPrivate: true })
  };
  return (
    <>
      <div className="jp-DeepDevelop-head">
        <h1>{title}</h1>
        <p role="status">{statusWords(model, trans)}</p>
        {!isBusy && !error && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={again.onClick}
          >
            {again.label}
          </button>
        )}
      </div>
      {error && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[error.key === 'address-private' ? confirm : again]}
        />
      )}
      {report && <Report report={report} trans={trans} />}
    </>
  );
}

function statusWords(
  { run, report, isBusy }: CheckModel,
  trans: TranslationBundle
): string {
  if (isBusy) {
    const { progress, phase } = run ?? {};
    return progress
      ? trans.__(
          'Rule %1 of %2: %3',
          progress.done + 1,
          progress.total,
          phase ?? ''
        )
      : trans.__('Asking the server…');
  }
  if (!report) {
    return '';
  }
  const { passed, warning, failed, skipped } = report.counts;
  return trans.__(
    '%1 failed, %2 to look at, %3 passed, %4 not tried · %5 s',
    failed,
    warning,
    passed,
    skipped,
    report.seconds.toFixed(1)
  );
}

const ORDER: CheckFinding['outcome'][] = [
  'failed',
  'warning',
  'passed',
  'skipped'
];
const SIGNS: Record<CheckFinding['outcome'], string> = {
  failed: '✕',
  warning: '▲',
  passed: '✓',
  skipped: '–'
};

function Report({
  report,
  trans
}: {
  report: CheckReport;
  trans: TranslationBundle;
}): JSX.Element {
  const headings: Record<CheckFinding['outcome'], string> = {
    failed: trans.__('Failed'),
    warning: trans.__('To look at'),
    passed: trans.__('Passed'),
    skipped: trans.__('Not tried')
  };
  return (
    <>
      <p>{trans.__('%1, model %2', report.address, report.model || '–')}</p>
      {ORDER.map(outcome => {
        const found = report.findings.filter(each => each.outcome === outcome);
        return (
          found.length > 0 && (
            <section key={outcome} data-outcome={outcome}>
              <h2>{headings[outcome]}</h2>
              <ul className="jp-DeepDevelop-findings">
                {found.map(finding => (
                  <Finding key={finding.rule} finding={finding} trans={trans} />
                ))}
              </ul>
            </section>
          )
        );
      })}
    </>
  );
}

function Finding({
  finding,
  trans
}: {
  finding: CheckFinding;
  trans: TranslationBundle;
}): JSX.Element {
  const { rule, says, outcome, found, sent, answered, remedy } = finding;
  return (
    <li>
      <details open={outcome === 'failed'}>
        <summary>
          <span aria-hidden="true">{SIGNS[outcome]}</span> {says}
        </summary>
        <p>{found}</p>
        {remedy && (
          <p>
            <strong>{trans.__('What to do:')}</strong> {remedy}
          </p>
        )}
        {sent && (
          <>
            <h3>{trans.__('Sent')}</h3>
            <pre tabIndex={0}>{sent}</pre>
          </>
        )}
        {answered && (
          <>
            <h3>{trans.__('Answered')}</h3>
            <pre tabIndex={0}>{answered}</pre>
          </>
        )}
        <p className="jp-DeepDevelop-rule">{rule}</p>
      </details>
    </li>
  );
}
