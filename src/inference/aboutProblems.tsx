import * as React from 'react';
import type { IAboutPart } from './aboutFacts';
import { LongList } from './longList';
import { problemWords } from './usability';

/** What is wrong with the metadata: where, and which rule. */
export function Problems({ module, trans }: IAboutPart): JSX.Element | null {
  const { problems } = module;
  if (problems.length === 0) {
    return null;
  }
  return (
    <section className="jp-DeepInference-problems">
      <h2>
        {trans._n(
          '%2 problem in the metadata',
          '%2 problems in the metadata',
          problems.length,
          problems.length.toLocaleString()
        )}
      </h2>
      <LongList
        trans={trans}
        items={problems.map(problem => (
          <>
            {problem.key && <code>{problem.key}</code>}{' '}
            {problemWords(problem, module, trans)}
          </>
        ))}
      />
    </section>
  );
}
