import type { Module } from '@jupyterlab-deep/protocol';
import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import { madeWith } from '../catalogue/card';
import { moduleIcon } from '../shared/icons';
import { CommandIDs } from './commandIds';
import type { IPageContext } from './pageContext';

interface IHeaderProps {
  page: IPageContext;
  module: Module;
}

/** Title, facts in a line, and what can be done. */
export function Header({ page, module }: IHeaderProps): JSX.Element {
  const { model, trans } = page;
  const reason = module.broken
    ? trans.__(
        'Cannot be used: %1',
        module.problems[0]?.message ?? trans.__('no reason is given')
      )
    : '';
  return (
    <div className="jp-DeepInference-header">
      <div className="jp-DeepInference-title">
        <moduleIcon.react tag="span" width="24px" height="24px" />
        <h1>{module.title}</h1>
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={module.broken}
          onClick={() => model.setTab('try')}
        >
          {trans.__('Try')}
        </button>
        <NotebookButton page={page} isDisabled={module.broken} />
      </div>
      <p className="jp-DeepInference-facts">{factsLine(module)}</p>
      {reason && <p className="jp-DeepInference-reason">{reason}</p>}
    </div>
  );
}

/** `image → 1,000 labels · ONNX · Apache-2.0 · v1.0.0 · builtin` */
export function factsLine(module: Module): string {
  const { input, output, licence, version, source } = module;
  const flow = [input, output].filter(part => part !== '').join(' → ');
  const versionText = version && `v${version}`;
  return [flow, ...madeWith(module), licence, versionText, source]
    .filter(part => part !== '')
    .join(' · ');
}

interface INotebookButtonProps {
  page: IPageContext;
  isDisabled: boolean;
}

function NotebookButton(props: INotebookButtonProps): JSX.Element {
  const { commands, model, trans } = props.page;
  const onClick = (event: React.MouseEvent) => {
    const menu = new Menu({ commands });
    for (const language of ['typescript', 'python']) {
      const args = { id: model.moduleId, language };
      menu.addItem({ command: CommandIDs.openNotebook, args });
    }
    menu.aboutToClose.connect(() => {
      // The chosen command runs after the menu has closed.
      requestAnimationFrame(() => menu.dispose());
    });
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    menu.open(left, bottom);
  };
  return (
    <button
      type="button"
      className="jp-mod-styled"
      aria-haspopup="menu"
      disabled={props.isDisabled}
      onClick={onClick}
    >
      {trans.__('Open as notebook')}
      <caretDownEmptyIcon.react tag="span" className="jp-DeepInference-caret" />
    </button>
  );
}
