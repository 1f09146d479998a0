import type { CatalogueSource } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatAgo } from '../shared/time';
import type { CatalogueModel } from './model';
import { sourceState } from './words';

interface IProps {
  model: CatalogueModel;
  trans: TranslationBundle;
}

/** How fresh the list is, which source is being read, and which cannot be reached. */
export function SourceLines({ model, trans }: IProps): JSX.Element {
  const sources = model.sources.filter(({ enabled }) => enabled);
  const reading = sources.filter(({ isRefreshing }) => isRefreshing);
  const failing = sources.filter(
    ({ failingSince, isRefreshing }) => failingSince && !isRefreshing
  );
  const noted = sources.filter(
    ({ problem, failingSince }) => problem && !failingSince
  );
  const updated = sources.flatMap(({ updatedAt }) => updatedAt ?? []).sort();
  const oldest = updated[0] && new Date(updated[0]);
  return (
    <>
      {oldest && (
        <span title={oldest.toLocaleString()}>
          {' · '}
          {trans.__('updated %1', formatAgo(oldest))}
        </span>
      )}
      {reading.map(source => (
        <Line
          key={source.id}
          {...{ source, trans }}
          action={trans.__('Cancel')}
          onAction={() => void model.cancelRefresh()}
        />
      ))}
      {failing.map(source => (
        <Line
          key={source.id}
          {...{ source, trans }}
          action={trans.__('Retry')}
          onAction={() => void model.refresh(source.id)}
        />
      ))}
      {noted.map(({ id, title, problem }) => (
        <p key={id}>
          {title}: {problem}
        </p>
      ))}
    </>
  );
}

interface ILineProps {
  source: CatalogueSource;
  trans: TranslationBundle;
  action: string;
  onAction: () => void;
}

function Line({ source, trans, action, onAction }: ILineProps): JSX.Element {
  return (
    <p title={source.problem}>
      {source.title}: {sourceState(source, trans)}
      {' · '}
      <button
        type="button"
        aria-label={`${source.title}: ${action}`}
        onClick={onAction}
      >
        {action}
      </button>
    </p>
  );
}
