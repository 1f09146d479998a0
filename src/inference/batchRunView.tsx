import type { BatchItem, Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { RunActions, RunBar } from '../activity/runActions';
import { progressOf, RUN_SIGNS, runState } from '../activity/runWords';
import { ErrorBox } from '../shared/errorBox';
import { BatchCards, BatchTable } from './batchItems';
import { PAGE_ITEMS } from './batchModel';
import type { IPageContext } from './pageContext';

interface IBatchRunProps {
  page: IPageContext;
  run: Run;
}

/** How far the batch is, what can be done with it, its results so far. */
export function BatchRunView({ page, run }: IBatchRunProps): JSX.Element {
  const { model, trans } = page;
  return (
    <>
      <h2 className="jp-DeepInference-batchTitle">{run.title}</h2>
      <p role="status">
        <span aria-hidden="true">{RUN_SIGNS[run.state]}</span>{' '}
        {runState(run, trans)}
      </p>
      <RunBar run={run} label={trans.__('Progress')} />
      <p className="jp-DeepInference-batchProgress">{progressOf(run, trans)}</p>
      {run.error && run.state !== 'cancelled' && (
        <ErrorBox problem={run.error} trans={trans} />
      )}
      <div className="jp-DeepInference-actions">
        <RunActions
          run={run}
          trans={trans}
          onAct={action => void model.batch.act(action)}
        />
        <OpenResults
          page={page}
          run={run}
          onPictures={() => model.batch.showPictures()}
        />
      </div>
      <Results page={page} run={run} />
    </>
  );
}

interface IOpenResultsProps extends IBatchRunProps {
  /** Somebody is about to look at the gallery. */
  onPictures: () => Promise<void>;
}

/** The files of results, where Jupyter can open them. */
export function OpenResults(props: IOpenResultsProps): JSX.Element | null {
  const { page, run, onPictures } = props;
  const { commands, trans } = page;
  const { batch, progress } = run;
  if (!batch || !progress?.done) {
    return null;
  }
  const { from, path, table, lines, gallery } = batch.results;
  if (from !== 'jupyter') {
    return <span>{trans.__('Results are in %1', path)}</span>;
  }
  const files = [
    [table, trans.__('Open table')],
    [gallery, trans.__('Open gallery')],
    [lines, trans.__('Open JSON Lines')]
  ];
  const open = async (name: string): Promise<void> => {
    if (name === gallery) {
      await onPictures();
    }
    await commands.execute('docmanager:open', { path: `${path}/${name}` });
  };
  return (
    <>
      {files.map(([name, label]) => (
        <button
          key={name}
          type="button"
          className="jp-mod-styled"
          title={`${path}/${name}`}
          onClick={() => void open(name)}
        >
          {label}
        </button>
      ))}
    </>
  );
}

/** One page of results, as pictures or as a table. */
function Results({ page, run }: IBatchRunProps): JSX.Element | null {
  const { model, trans } = page;
  const { batch } = model;
  const [isTable, setTable] = React.useState(false);
  if (batch.items.length === 0 && batch.filter === undefined) {
    return null;
  }
  const View = isTable ? BatchTable : BatchCards;
  return (
    <>
      <div className="jp-DeepInference-batchBar">
        <Choice
          label={trans.__('Show results as')}
          options={[trans.__('Gallery'), trans.__('Table')]}
          chosen={isTable ? 1 : 0}
          onChoose={index => setTable(index === 1)}
        />
        <Choice
          label={trans.__('Which results')}
          options={[trans.__('All'), trans.__('Failed')]}
          chosen={batch.filter === 'failed' ? 1 : 0}
          onChoose={index =>
            index === 1 ? batch.show(0, 'failed') : batch.showAll()
          }
        />
        <Pages page={page} />
      </div>
      {batch.items.length === 0 ? (
        <p className="jp-DeepInference-empty">
          {trans.__('There is no such file.')}
        </p>
      ) : (
        <View page={page} run={run} items={batch.items as BatchItem[]} />
      )}
    </>
  );
}

interface IChoiceProps {
  label: string;
  options: string[];
  chosen: number;
  onChoose: (index: number) => void;
}

function Choice({
  label,
  options,
  chosen,
  onChoose
}: IChoiceProps): JSX.Element {
  return (
    <div role="group" aria-label={label}>
      {options.map((option, index) => (
        <button
          key={option}
          type="button"
          className="jp-mod-styled"
          aria-pressed={index === chosen}
          onClick={() => onChoose(index)}
        >
          {option}
        </button>
      ))}
    </div>
  );
}

function Pages({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { batch } = model;
  const last = Math.max(0, Math.ceil(batch.totalItems / PAGE_ITEMS) - 1);
  return (
    <div role="group" aria-label={trans.__('Pages')}>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={batch.page === 0}
        onClick={() => batch.show(batch.page - 1)}
      >
        {trans.__('Newer')}
      </button>
      <span>
        {trans.__(
          'Page %1 of %2',
          (batch.page + 1).toLocaleString(),
          (last + 1).toLocaleString()
        )}
      </span>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={batch.page >= last}
        onClick={() => batch.show(batch.page + 1)}
      >
        {trans.__('Older')}
      </button>
    </div>
  );
}
