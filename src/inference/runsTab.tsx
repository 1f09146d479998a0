import type { Module, Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { RunList } from '../activity/runList';
import { RunListModel } from '../activity/runListModel';
import { RunsClient } from '../activity/runsClient';
import type { PageTab } from './model';
import type { IPageContext } from './pageContext';

/** Where a run of each kind is shown. */
const TAB_OF: Record<Run['kind'], PageTab> = {
  batch: 'folder',
  prediction: 'try',
  training: 'train',
  // Of no module: never in this list.
  transfer: 'runs'
};

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
        page.model.setTab(TAB_OF[run.kind]);
      }}
    />
  );
}
