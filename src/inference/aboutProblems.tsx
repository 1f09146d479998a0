import * as React from 'react';
import type { IAboutPart } from './aboutFacts';
import { LongList } from './longList';
import { problemWords } from './usability';

/** What is wrong with the metadata: where, and which rule; or why what was shared cannot be used. */
export function Problems({ module, trans }: IAboutPart): JSX.Element | null {
  const { problems, shared } = module;
  const isWithheld = shared !== undefined && shared.state !== 'shared';
  if (problems.length === 0) {
    return null;
  }
  return (
    <section className="jp-DeepInference-problems">
      <h2>
        {isWithheld
          ? trans.__('It cannot be used')
          : trans._n(
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
