import { writeTopology } from '@jupyterlab-deep/protocol/lib/topologies/write';
import { waitFor } from '@testing-library/dom';
import { trans } from '../../__tests__/connected';
import { API, MODULE } from '../../__tests__/samples';
import { addKind } from '../drops';
import { progressWords } from '../nodeView';
import { templatesOf } from '../templates';
import { makeEditor } from './editorHere';

const { predict, accepts } = API;
const PORTS = { inputs: [], outputs: [] };
const CHECK = { isRunnable: true, problems: [], ports: {}, unknownApis: [] };
const COUNTS = { waiting: 3, active: 2, done: 4, failed: 1, cached: 0 };

const run = (state: string) => ({
  id: 'r1',
  kind: 'topology',
  title: '',
  state,
  phase: '',
  arguments: {},
  inputs: [],
  createdAt: '2026-01-01T10:00:00.000Z',
  progress: { done: 5, total: 20, unit: 'items' },
  topology: {
    jupyterPath: 'work/a.topology',
    nodes: { files: { ...COUNTS, phase: 'Starting' } },
    outputs: []
  }
});

/** A document with the module in it, as one that is opened. */
async function opened(
  routes: Parameters<typeof makeEditor>[0],
  askForConsent?: Parameters<typeof makeEditor>[1]
) {
  const made = makeEditor(routes, askForConsent);
  const node = { kind: 'module' as const, module: MODULE.id, arguments: {} };
  made.editor.addNode(node, 'classifier');
  await made.editor.checker.check();
  return made;
}

describe('what an editor of topologies tells of runs', () => {
  it('nothing is at work where a run rests, and what was stopped is not called waiting', async () => {
    const { editor } = makeEditor({
      'GET runs': () => ({ runs: [run('running')] }),
      'POST runs/r1/pause': () => run('paused'),
      'POST runs/r1/cancel': () => run('cancelled')
    });
    addKind(editor, 'files');
    const words = () =>
      progressWords(editor.run.progress('files')!, trans, editor.run.isGoing);
    await waitFor(() => expect(editor.run.isMoving).toBe(true));
    expect(words()).toBe('4 done · 2 at work · 3 waiting · 1 failed');
    await editor.run.act('pause');
    expect(editor.run.isMoving).toBe(false);
    expect(editor.run.progress('files')).toEqual({
      ...COUNTS,
      active: 0,
      waiting: 5
    });
    expect(editor.obstacle).toMatch(/resume or cancel/);
    await editor.run.act('cancel');
    expect(words()).toBe('4 done · 5 not done · 1 failed');
    expect(editor.run.left('files')).toBe(15);
    editor.dispose();
  });

  it('code of others that nobody agreed to is not run, which is said; what was agreed to is no problem any more', async () => {
    const problem = {
      rule: 'module-consent',
      severity: 'error',
      node: 'classifier',
      reason: 'It needs your consent.',
      remedy: 'Agree to it.'
    };
    const begun: unknown[] = [];
    const answers = [null, { commit: 'c1' }];
    const { editor } = await opened(
      {
        'POST topologies/check': () => ({ ...CHECK, problems: [problem] }),
        'POST topologies/runs': ({ body }) => {
          begun.push(body);
          return run('running');
        }
      },
      async () => answers.shift() ?? null
    );
    expect(editor.checker.problems).toHaveLength(1);
    await editor.start();
    expect(begun).toEqual([]);
    expect(editor.run.failure?.title).toBe('It was not run');
    expect(editor.run.failure?.detail).toContain('once you have agreed');
    await editor.start();
    expect(begun).toEqual([
      expect.objectContaining({ consents: { [MODULE.id]: { commit: 'c1' } } })
    ]);
    expect(editor.run.failure).toBeNull();
    expect(editor.checker.problems).toEqual([]);
    editor.dispose();
  });

  it('what a module takes is what the service last knew; nobody is asked for it', async () => {
    let isCurrent = true;
    const asked: string[] = [];
    const routes = {
      'POST topologies/check': () => ({
        ...CHECK,
        ports: { classifier: PORTS }
      }),
      'POST topologies/modules': () => {
        asked.push('started');
        return { ports: PORTS, predict, accepts };
      },
      'GET topologies/modules': () => ({
        module: { ports: PORTS, predict, accepts },
        isCurrent
      })
    };
    const first = await opened(routes);
    const { facts } = first.editor;
    await waitFor(() => expect(facts.answer(MODULE.id)).toBeDefined());
    first.editor.dispose();
    isCurrent = false;
    const { editor } = await opened(routes);
    await waitFor(() => expect(editor.facts.earlier(MODULE.id)).toBeDefined());
    // It has changed since: its ports are not taken for those that it will have.
    expect(editor.facts.answer(MODULE.id)).toBeUndefined();
    expect(asked).toEqual([]);
    editor.dispose();
  });

  it('an empty document is filled with an example, which an undo takes back', () => {
    const { editor, model, text } = makeEditor();
    const [, example] = templatesOf(trans);
    editor.fill(example.make());
    expect(text.toString()).toBe(writeTopology(example.make()));
    expect(model.selectedNode).toBe('photos');
    editor.undo();
    expect(Object.keys(model.document!.nodes)).toEqual([]);
    expect(addKind(editor, 'files')).toBe('files');
    editor.dispose();
  });
});
