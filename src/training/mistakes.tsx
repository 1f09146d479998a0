import type { Evaluation, Mistake, Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { PICTURE, Thumbnail } from '../inference/batchItems';
import type { IPageContext } from '../inference/pageContext';
import { percent } from '../inference/results/numbers';
import { PAGE_MISTAKES } from './evaluateModel';

interface IMistakesProps {
  page: IPageContext;
  run: Run;
  evaluation: Evaluation;
}

/** The mistakes that the module was surest of, as small pictures. */
export function Mistakes(props: IMistakesProps): JSX.Element {
  const { page, run, evaluation } = props;
  const { trans, idPrefix } = page;
  const { worst, worstTotal } = evaluation;
  const id = `${idPrefix}-evaluate-mistakes`;
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="jp-DeepTraining-heading">
        {trans.__('Worst mistakes')}
      </h3>
      {worstTotal === 0 ? (
        <p>{trans.__('There is none.')}</p>
      ) : (
        <>
          <ul className="jp-DeepInference-batchCards">
            {worst.map(mistake => (
              <Card
                key={mistake.item}
                page={page}
                run={run}
                mistake={mistake}
              />
            ))}
          </ul>
          {worstTotal > PAGE_MISTAKES && (
            <Pages page={page} total={worstTotal} />
          )}
        </>
      )}
    </section>
  );
}

interface ICardProps {
  page: IPageContext;
  run: Run;
  mistake: Mistake;
}

function Card({ page, run, mistake }: ICardProps): JSX.Element {
  const { trans } = page;
  const { item, path, label, found, probability } = mistake;
  return (
    <li>
      {PICTURE.test(path) && <Thumbnail page={page} run={run.id} item={item} />}
      <FileName page={page} run={run} path={path} />
      <span>{trans.__('it was %1,', label)}</span>
      <span className="jp-DeepTraining-found">
        {trans.__('found %1 %2', found, percent(probability))}
      </span>
    </li>
  );
}

interface IFileNameProps {
  page: IPageContext;
  run: Run;
  path: string;
}

/** Opens the file, where Jupyter has it. */
function FileName({ page, run, path }: IFileNameProps): JSX.Element {
  const { from, folder } = run.batch!.each;
  if (from !== 'jupyter') {
    return (
      <span className="jp-DeepInference-batchName" title={path}>
        {path}
      </span>
    );
  }
  const file = folder ? `${folder}/${path}` : path;
  return (
    <button
      type="button"
      className="jp-DeepTraining-file"
      title={page.trans.__('Open %1', file)}
      onClick={() =>
        void page.commands.execute('docmanager:open', { path: file })
      }
    >
      {path}
    </button>
  );
}

interface IPagesProps {
  page: IPageContext;
  total: number;
}

function Pages({ page, total }: IPagesProps): JSX.Element {
  const { trans } = page;
  const { evaluate } = page.model;
  const pages = Math.ceil(total / PAGE_MISTAKES);
  return (
    <div className="jp-DeepInference-batchBar">
      <div role="group" aria-label={trans.__('Pages of mistakes')}>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={evaluate.page === 0}
          onClick={() => evaluate.showPage(evaluate.page - 1)}
        >
          {trans.__('Worse')}
        </button>
        <span>
          {trans.__(
            'Page %1 of %2',
            (evaluate.page + 1).toLocaleString(),
            pages.toLocaleString()
          )}
        </span>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={evaluate.page >= pages - 1}
          onClick={() => evaluate.showPage(evaluate.page + 1)}
        >
          {trans.__('Less bad')}
        </button>
      </div>
    </div>
  );
}
