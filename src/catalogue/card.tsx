import type { Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { moduleIcon } from '../shared/icons';
import { runsHere } from './facets';

interface IModuleCardProps {
  module: Module;
  trans: TranslationBundle;

  /** Whether Tab leads to this card; the arrow keys lead to the others. */
  isCurrent: boolean;
  onOpen: () => void;
  onFocus: () => void;
}

/** One module of the list. */
export function ModuleCard(props: IModuleCardProps): JSX.Element {
  const { module, trans, isCurrent, onOpen, onFocus } = props;
  const { id, title, summary, broken } = module;
  return (
    <li
      role="option"
      aria-selected={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      data-deep-module={id}
      className={`jp-DeepCatalogue-card${broken ? ' jp-mod-broken' : ''}`}
      onClick={onOpen}
      onFocus={onFocus}
    >
      <span className="jp-DeepCatalogue-name">
        <moduleIcon.react tag="span" className="jp-DeepCatalogue-icon" />
        <span>{title}</span>
      </span>
      <span className="jp-DeepCatalogue-kind">{kindLine(module)}</span>
      <span className="jp-DeepCatalogue-summary">{summary}</span>
      <span className="jp-DeepCatalogue-foot">{footLine(module, trans)}</span>
    </li>
  );
}

/** `image → 1,000 labels · ONNX` */
export function kindLine(module: Module): string {
  const flow = [module.input, module.output].filter(part => part !== '');
  return [flow.join(' → '), ...madeWith(module)]
    .filter(part => part !== '')
    .join(' · ');
}

/** Libraries by name. The metadata's vocabulary has no word for ONNX: such modules say “Other”. */
export function madeWith({ libraries, runtime }: Module): string[] {
  const named = libraries.filter(library => library !== 'Other');
  return runtime === 'onnx' ? [...named, 'ONNX'] : named;
}

function footLine(module: Module, trans: TranslationBundle): string {
  if (module.broken) {
    const reason = module.problems[0]?.message;
    return reason
      ? trans.__('broken: %1', reason)
      : trans.__('broken: no reason is given');
  }
  const facts = [
    runsHere(module) ? trans.__('runs here') : '',
    module.runtime === 'container' ? trans.__('needs a container') : '',
    module.runtime === 'python' ? trans.__('needs a Python environment') : '',
    module.capabilities.includes('trainable') ? trans.__('trainable') : ''
  ];
  return facts.filter(fact => fact !== '').join(' · ');
}
