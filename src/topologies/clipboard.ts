import type { Fragment } from './edits';

/** So that a text of something else is not taken for one. */
const MARK = 'jupyterlab-deep-topology-nodes';

let lastCopied: string | null = null;

/** Through the clipboard of the system, so that it comes to another window too. */
export async function writeFragment(fragment: Fragment): Promise<void> {
  lastCopied = JSON.stringify({ [MARK]: fragment }, null, 2);
  try {
    await navigator.clipboard.writeText(lastCopied);
  } catch {
    // Not every page may write there; within this one `lastCopied` does.
  }
}

/** @returns null where nothing of a topology was copied last. */
export async function readFragment(): Promise<Fragment | null> {
  let text = lastCopied;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // Not every page may read there.
  }
  return fragmentIn(text ?? '');
}

function fragmentIn(text: string): Fragment | null {
  try {
    const { nodes, edges, layout } = JSON.parse(text)[
      MARK
    ] as Partial<Fragment>;
    return nodes && edges && layout ? { nodes, edges, layout } : null;
  } catch {
    // Something else was copied.
    return null;
  }
}
