import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { useSignal } from '../shared/useChanges';
import { SharedFacts } from '../sharing/sharedFacts';
import { Facts } from './aboutFacts';
import { Citation, Licence, Links, Origins, Tags } from './aboutPlaces';
import { Problems } from './aboutProblems';
import { Resources } from './aboutResources';
import { Versions } from './aboutVersions';
import { Markdown } from './markdown';
import type { IPageContext } from './pageContext';

interface IAboutProps {
  page: IPageContext;
  module: ModuleDetail;
}

/** What the module is: its own text, then the facts. A broken one begins with what is wrong. */
export function About({ page, module }: IAboutProps): JSX.Element {
  const { service, trans, rendermime } = page;
  useSignal(service.connectionChanged);
  const text = module.description || module.summary;
  const part = { module, trans };
  return (
    <div className="jp-DeepInference-about">
      <div className="jp-DeepInference-text">
        {module.broken && <Problems {...part} />}
        {text ? (
          <Markdown source={text} rendermime={rendermime} trans={trans} />
        ) : (
          <p className="jp-DeepInference-empty">
            {trans.__('Its catalogue does not describe it.')}
          </p>
        )}
      </div>
      <aside aria-label={trans.__('Facts')}>
        <SharedFacts page={page} module={module} />
        <Facts {...part} />
        <Resources {...part} machine={service.health?.machine ?? null} />
        <Versions {...part} />
        <Licence {...part} />
        <Citation {...part} />
        <Links {...part} />
        <Origins {...part} />
        <Tags {...part} />
        {!module.broken && <Problems {...part} />}
      </aside>
    </div>
  );
}
