import type { TopologyProblem } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { TopologyEditor } from './editor';

interface IProblemsProps {
  editor: TopologyEditor;
}

/** What keeps it from running, and what its author should know: each leads to its place. */
export function Problems({ editor }: IProblemsProps): JSX.Element {
  const { trans, checker, areProblemsOpen } = editor;
  const { problems, failure } = checker;
  return (
    <section
      className="jp-DeepTopologies-problems"
      aria-label={trans.__('Problems')}
    >
      <button
        type="button"
        aria-expanded={areProblemsOpen}
        onClick={() => editor.toggleProblems()}
      >
        <span aria-hidden="true">{areProblemsOpen ? '▾' : '▸'}</span>{' '}
        {headline(editor)}
      </button>
      {areProblemsOpen && (
        <ul>
          {failure && (
            <li>{[failure.title, failure.detail, failure.hint].join(' ')}</li>
          )}
          {problems.map((problem, index) => (
            <li key={index}>
              <ProblemLine editor={editor} problem={problem} isLink />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function headline({ trans, checker, model }: TopologyEditor): string {
  const { problems, failure, isCurrent } = checker;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const notes = problems.length - errors;
  if (Object.keys(model.document?.nodes ?? {}).length === 0) {
    return trans.__('Nothing is drawn yet.');
  }
  if (failure) {
    return trans.__('It could not be checked.');
  }
  if (!isCurrent && problems.length === 0) {
    return trans.__('Checking…');
  }
  const parts = [
    errors > 0 && trans._n('%1 problem', '%1 problems', errors),
    notes > 0 && trans._n('%1 note', '%1 notes', notes)
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : trans.__('No problems.');
}

interface IProblemLineProps {
  editor: TopologyEditor;
  problem: TopologyProblem;

  /** Whether it leads to its node. */
  isLink?: boolean;
}

export function ProblemLine(props: IProblemLineProps): JSX.Element {
  const { editor, problem, isLink = false } = props;
  const { severity, reason, remedy } = problem;
  const node = problem.node ?? nodeOfEdge(editor, problem.edge);
  const sign = severity === 'error' ? '▲' : '!';
  const words = (
    <>
      <span aria-hidden="true">{sign}</span> <strong>{reason}</strong> {remedy}
    </>
  );
  return (
    <div className="jp-DeepTopologies-problem" data-severity={severity}>
      {isLink && node !== undefined ? (
        <button type="button" onClick={() => editor.show(node)}>
          {words}
        </button>
      ) : (
        <p>{words}</p>
      )}
    </div>
  );
}

const nodeOfEdge = (
  { model }: TopologyEditor,
  edge: number | undefined
): string | undefined =>
  edge === undefined ? undefined : model.document?.edges[edge]?.to.node;
