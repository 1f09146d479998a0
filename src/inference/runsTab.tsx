import type { Module } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { RunList } from '../activity/runList';
import { RunListModel } from '../activity/runListModel';
import { RunsClient } from '../activity/runsClient';
import { isEvaluation } from '../training/evaluateModel';
import type { IPageContext } from './pageContext';
import { tabOf } from './tabOf';

interface IRunsTabProps {
  page: IPageContext;
  module: Module;
}

/** *Activity* of this module alone. */
export function RunsTab({ page, module }: IRunsTabProps): JSX.Element {
  const { service, trans } = page;
  const model = React.useMemo(
    () =>
      new RunListModel({
        service,
        client: new RunsClient(service),
        trans,
        module: module.id
      }),
    [service, trans, module.id]
  );
  React.useEffect(() => {
    void model.load();
    return () => model.dispose();
  }, [model]);
  return (
    <RunList
      model={model}
      trans={trans}
      onOpen={run => {
        if (run.kind === 'training') {
          page.model.train.show(run);
        }
        if (isEvaluation(run)) {
          page.model.evaluate.show(run);
        }
        page.model.setTab(tabOf(run));
      }}
    />
  );
}
