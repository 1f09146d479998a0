import { showErrorMessage } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import { EvaluateTab } from '../training/evaluateTab';
import { TrainTab } from '../training/trainTab';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { About } from './about';
import { BatchTab } from './batchTab';
import { ApiView } from './api';
import { fillFromCell } from './cellFilling';
import { fromContents } from './chosenFile';
import { Header } from './header';
import type { PageTab } from './model';
import type { IPageView } from './moduleTab';
import type { IPageContext } from './pageContext';
import { RunsTab } from './runsTab';
import { ITab, Tabs } from './tabs';
import { Try } from './try';
import { UnknownModule } from './unknownModule';

/** The page of a module in the main area. */
export class ModulePage extends ReactWidget {
  constructor(readonly page: IPageContext) {
    super();
    this.addClass('jp-DeepInference-page');
    this.node.tabIndex = -1;
    void page.model.load();
  }

  /** Show a tab, or a training, and take a file of Jupyter for the first argument that takes one. */
  open({ tab, path, cell, run }: IPageView): void {
    const { model } = this.page;
    if (cell) {
      fillFromCell(this.page, cell);
    }
    if (path !== undefined) {
      void this._takeFile(path);
    }
    if (run !== undefined) {
      void model.train.showRun(run);
    }
    if (tab) {
      model.setTab(tab);
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.page.model.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Page page={this.page} />;
  }

  private async _takeFile(path: string): Promise<void> {
    const { contents, model, trans } = this.page;
    try {
      const file = await fromContents(contents, path, trans);
      model.trial.setFirstFile(file);
    } catch (reason) {
      void showErrorMessage(
        trans.__('Could not use “%1”', path),
        asRequestError(reason, trans).problem.detail
      );
    }
  }
}

function Page({ page }: { page: IPageContext }): JSX.Element {
  const { model, service, trans, idPrefix } = page;
  useChanges(model);
  const { module, error } = model;
  const isUnknown = !module && error?.key === 'not-found';
  const tabs: ITab[] = module
    ? [
        {
          id: 'about',
          label: trans.__('About'),
          render: () => <About page={page} module={module} />
        },
        {
          id: 'try',
          label: trans.__('Try'),
          render: () => <Try page={page} module={module} />
        },
        {
          id: 'folder',
          label: trans.__('Folder'),
          render: () => <BatchTab page={page} />
        },
        {
          id: 'train',
          label: trans.__('Train'),
          render: () => <TrainTab page={page} />
        },
        {
          id: 'evaluate',
          label: trans.__('Evaluate'),
          render: () => <EvaluateTab page={page} />
        },
        {
          id: 'api',
          label: trans.__('API'),
          render: () => <ApiView page={page} />
        },
        {
          id: 'runs',
          label: trans.__('Runs'),
          render: () => <RunsTab page={page} module={module} />
        }
      ]
    : [];
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      {isUnknown && <UnknownModule page={page} />}
      {error && !isUnknown && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Retry'), onClick: () => void model.load() }
          ]}
        />
      )}
      {module && <Header page={page} module={module} />}
      {module && (
        <Tabs
          idPrefix={idPrefix}
          label={module.title}
          tabs={tabs}
          current={model.tab}
          onChange={tab => model.setTab(tab as PageTab)}
        />
      )}
      {!module && !error && (
        <p role="status">{trans.__('Asking for the module…')}</p>
      )}
    </>
  );
}
