import type { JupyterFrontEnd } from '@jupyterlab/application';

/** The id of the module whose card the context menu was opened on. */
export function moduleOfCard(app: JupyterFrontEnd): string | undefined {
  const isCard = (node: HTMLElement) => node.dataset.deepModule !== undefined;
  return app.contextMenuHitTest(isCard)?.dataset.deepModule;
}
