import '../../style/activity.css';
import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import type { RunListModel } from './runListModel';

interface IJobDetailsProps {
  run: Run;
  model: RunListModel;
  trans: TranslationBundle;
}

/** Of a batch job: what it carries out, and what became of it so far. */
export function JobDetails({
  run,
  model,
  trans
}: IJobDetailsProps): JSX.Element | null {
  const { job } = run;
  if (!job) {
    return null;
  }
  const facts = [
    job.target,
    job.resources,
    job.job && trans.__('called %1 there', job.job)
  ];
  return (
    <>
      <p className="jp-DeepActivity-job">{facts.filter(Boolean).join(' · ')}</p>
      <details className="jp-DeepActivity-job">
        <summary>{trans.__('Script')}</summary>
        <pre tabIndex={0} aria-label={trans.__('Script of %1', run.title)}>
          {job.script}
        </pre>
      </details>
      <JobLog run={run} model={model} trans={trans} />
    </>
  );
}

/** Short: it is read anew with each news of the run, while somebody looks at it. */
function JobLog({ run, model, trans }: IJobDetailsProps): JSX.Element {
  const [isOpen, setOpen] = React.useState(false);
  const [text, setText] = React.useState('');
  const { id, phase, state } = run;
  React.useEffect(() => {
    let isGone = false;
    const show = (words: string): void => {
      if (!isGone) {
        setText(words);
      }
    };
    if (isOpen) {
      model
        .log(id)
        .then(show, reason =>
          show(asRequestError(reason, trans).problem.detail)
        );
    }
    return () => {
      isGone = true;
    };
  }, [isOpen, model, trans, id, phase, state]);
  return (
    <details
      className="jp-DeepActivity-job"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('What happened')}</summary>
      <pre tabIndex={0} aria-label={trans.__('Log of %1', run.title)}>
        {text}
      </pre>
    </details>
  );
}
