import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import type { ActivityModel } from './model';

/** *DEEP: 1 running* in the status bar; nothing while nothing goes on. */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly _model: ActivityModel,
    private readonly _trans: TranslationBundle,
    private readonly _onClick: () => void
  ) {
    super();
    this.addClass('jp-DeepActivity-status');
  }

  protected render(): JSX.Element {
    return (
      <Status model={this._model} trans={this._trans} onClick={this._onClick} />
    );
  }
}

interface IStatusProps {
  model: ActivityModel;
  trans: TranslationBundle;
  onClick: () => void;
}

function Status({ model, trans, onClick }: IStatusProps): JSX.Element | null {
  useChanges(model);
  const words = statusWords(model, trans);
  return words ? (
    <button type="button" onClick={onClick}>
      {words}
    </button>
  ) : null;
}

/** Empty when there is nothing to say. */
export function statusWords(
  model: ActivityModel,
  trans: TranslationBundle
): string {
  if (model.isUnreachable) {
    return trans.__('DEEP: offline');
  }
  const count = model.runningCount;
  return count > 0
    ? trans._n('DEEP: %1 running', 'DEEP: %1 running', count)
    : '';
}
