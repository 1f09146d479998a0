import '../../style/sharing.css';
import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { IPageContext } from '../inference/pageContext';
import { useChanges } from '../shared/useChanges';

interface ISharedUpdateProps {
  page: Pick<IPageContext, 'model' | 'trans'>;
  module: ModuleDetail;
}

/** While an older version runs than its author shares now: otherwise its answers would pass for those of the new one. */
export function SharedUpdate(props: ISharedUpdateProps): JSX.Element | null {
  const { page, module } = props;
  const { model, trans } = page;
  const { deployment } = model;
  const [isBusy, setBusy] = React.useState(false);
  useChanges(deployment);
  const { shared } = module;
  if (!shared?.hasUpdate || !shared.used || !(deployment.isLive || isBusy)) {
    return null;
  }
  const { author, version, used } = shared;
  const renew = async (): Promise<void> => {
    setBusy(true);
    model.setTab('try');
    await deployment.renew();
    setBusy(false);
  };
  return (
    <div className="jp-DeepSharing-update" role="status">
      <span>
        {trans.__(
          '%1 shares version %2; what runs is %3.',
          author,
          version,
          used
        )}
      </span>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={isBusy}
        onClick={() => void renew()}
      >
        {isBusy
          ? trans.__('Stopping %1…', used)
          : trans.__('Use version %1', version)}
      </button>
    </div>
  );
}
