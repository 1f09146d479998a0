import type { TopologyEditor } from './editor';

/**
 * Ask for the user's word about all foreign code in a topology.
 *
 * @returns whether there is one for all of it; what has none is told by the run.
 */
export async function agreeToAll(editor: TopologyEditor): Promise<boolean> {
  const { checker, facts, model, run, trans } = editor;
  for (const { rule, node, reason } of [...checker.problems]) {
    const asked = node === undefined ? undefined : model.node(node);
    if (
      rule !== 'module-consent' ||
      asked?.kind !== 'module' ||
      facts.hasAgreed(asked.module)
    ) {
      continue;
    }
    const isAgreed = await facts.agree(asked.module, {
      type: 'urn:jupyterlab-deep:consent-needed',
      title: trans.__('It needs your consent'),
      status: 403,
      detail: reason
    });
    if (!isAgreed) {
      run.tellRefused(asked.module);
      return false;
    }
  }
  return true;
}
