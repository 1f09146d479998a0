import type { TopologyEdge } from '@jupyterlab-deep/protocol';
import { readTopology } from '@jupyterlab-deep/protocol/lib/topologies/read';
import { writeTopology } from '@jupyterlab-deep/protocol/lib/topologies/write';
import { waitFor } from '@testing-library/dom';
import { trans } from '../../__tests__/connected';
import { MODULE } from '../../__tests__/samples';
import { addKind } from '../drops';
import { relativePath } from '../editor';
import { nearest } from '../keys';
import { templatesOf } from '../templates';
import { makeEditor } from './editorHere';

const edge = (from: string, to: string): TopologyEdge => {
  const [a, b] = [from.split('.'), to.split('.')];
  return {
    from: { node: a[0], port: a[1] },
    to: { node: b[0], port: b[1] }
  };
};

describe('the editor of topologies', () => {
  it('writes what is drawn as a document, each act a step of undo', async () => {
    const { editor, model, text } = makeEditor();
    addKind(editor, 'files', { x: 3, y: 12 });
    editor.addModule(MODULE.id, { x: 300, y: 0 });
    await waitFor(() => expect(editor.facts.answer(MODULE.id)).toBeDefined());
    expect(editor.connect(edge('files.file', 'image-classifier.image'))).toBe(
      true
    );
    const drawn = readTopology(text.toString());
    expect(drawn.layout.files).toEqual({ x: 0, y: 20 });
    expect(drawn.edges).toEqual([edge('files.file', 'image-classifier.image')]);
    expect(text.dirty).toBe(true);
    editor.undo();
    expect(model.document?.edges).toEqual([]);
    editor.undo();
    expect(Object.keys(model.document!.nodes)).toEqual(['files']);
    editor.redo();
    editor.redo();
    expect(model.document).toEqual(drawn);
    editor.dispose();
  });

  it('undoes a word that was typed at once', () => {
    const { editor, model } = makeEditor();
    const id = addKind(editor, 'files')!;
    for (const pattern of ['p', 'ph', 'pho']) {
      expect(editor.setNode(id, { kind: 'files', pattern }, 'pattern')).toBe(
        ''
      );
    }
    editor.undo();
    expect(model.node(id)).toEqual({ kind: 'files', pattern: '*' });
    expect(editor.setNode(id, { kind: 'files', pattern: '' })).toMatch(
      /pattern/
    );
    expect(model.failure).toBe('');
    editor.dispose();
  });

  it('leaves alone what another person changes meanwhile', () => {
    const { editor, text } = makeEditor();
    addKind(editor, 'files', { x: 0, y: 0 });
    addKind(editor, 'csv', { x: 300, y: 0 });
    const touched: number[] = [];
    text.sharedModel.changed.connect((_, { sourceChange }) => {
      sourceChange?.forEach(({ insert, delete: gone }) =>
        touched.push(insert?.length ?? gone ?? 0)
      );
    });
    editor.move({ csv: { x: 400, y: 0 } });
    expect(touched.reduce((sum, each) => sum + each, 0)).toBeLessThan(80);
    editor.dispose();
  });

  it('says why an edge is not drawn', async () => {
    const { editor, model } = makeEditor();
    addKind(editor, 'files');
    addKind(editor, 'filter');
    addKind(editor, 'branch');
    addKind(editor, 'resize');
    editor.addModule(MODULE.id);
    await waitFor(() => expect(editor.facts.answer(MODULE.id)).toBeDefined());
    const why = (from: string, to: string) =>
      editor.fitOf(edge(from, to)).reason;
    expect(why('files.file', 'image-classifier.top_k')).toMatch(
      /A file comes out/
    );
    expect(why('image-classifier.answer', 'resize.picture')).toMatch(
      /A value comes out/
    );
    expect(why('filter.out', 'filter.in')).toMatch(/itself/);
    editor.connect(edge('filter.out', 'branch.in'));
    expect(why('filter.out', 'branch.in')).toMatch(/already/);
    expect(why('branch.yes', 'filter.in')).toMatch(/circle/);
    // Through a filter goes what came in.
    editor.connect(edge('image-classifier.answer', 'filter.in'));
    expect(why('branch.no', 'resize.picture')).toMatch(/A value comes out/);
    expect(editor.connect(edge('branch.no', 'resize.picture'))).toBe(false);
    expect(editor.refusal?.reason).toBe(editor.said);
    // An input of one edge takes the new one.
    expect(editor.connect(edge('files.file', 'branch.in'))).toBe(true);
    expect(
      model.document?.edges.filter(({ to }) => to.node === 'branch')
    ).toEqual([edge('files.file', 'branch.in')]);
    expect(
      editor.possibleEdges('image-classifier').map(each => each.to)
    ).toContainEqual({ node: 'image-classifier', port: 'image' });
    editor.dispose();
  });

  it('pastes what was copied in another document, under free names', async () => {
    const first = makeEditor();
    const second = makeEditor();
    addKind(first.editor, 'files');
    addKind(first.editor, 'folder');
    first.editor.connect(edge('files.file', 'folder.in'));
    first.model.selectAll();
    await first.editor.copy();
    addKind(second.editor, 'files');
    await second.editor.paste();
    expect(second.model.document?.edges).toEqual([
      edge('files-2.file', 'folder.in')
    ]);
    expect(second.model.selection.nodes).toEqual(['files-2', 'folder']);
    second.editor.deleteSelection();
    expect(Object.keys(second.model.document!.nodes)).toEqual(['files']);
    first.editor.dispose();
    second.editor.dispose();
  });

  it('keeps a damaged text as it is, and says what is wrong', () => {
    const { editor, model, text } = makeEditor();
    text.sharedModel.setSource('{ "format": ');
    expect(model.document).toBeNull();
    expect(model.failure).toMatch(/JSON/);
    expect(addKind(editor, 'files')).toBeNull();
    expect(text.toString()).toBe('{ "format": ');
    expect(editor.obstacle).not.toBe('');
    editor.dispose();
  });

  it('follows the run of its own document only', async () => {
    const run = (id: string, path: string) => ({
      id,
      kind: 'topology',
      title: '',
      state: 'running',
      phase: '',
      arguments: {},
      inputs: [],
      createdAt: '2026-01-01T10:00:00.000Z',
      topology: { jupyterPath: path, nodes: {}, outputs: [] }
    });
    const { editor, server } = makeEditor({
      'GET runs': () => ({
        runs: [run('r2', 'b.topology'), run('r1', 'work/a.topology')]
      }),
      'POST runs/r1/pause': () => ({
        ...run('r1', 'work/a.topology'),
        state: 'paused'
      })
    });
    await waitFor(() => expect(editor.run.run?.id).toBe('r1'));
    expect(editor.obstacle).not.toBe('');
    await editor.run.act('pause');
    expect(editor.run.run?.state).toBe('paused');
    expect(server.seen.length).toBeGreaterThan(0);
    editor.dispose();
  });

  it('goes by arrows to what lies there', () => {
    const { editor } = makeEditor();
    addKind(editor, 'files', { x: 0, y: 0 });
    addKind(editor, 'filter', { x: 300, y: 20 });
    addKind(editor, 'csv', { x: 300, y: 200 });
    expect(nearest(editor, 'files', { x: 1, y: 0 })).toBe('filter');
    expect(nearest(editor, 'filter', { x: 0, y: 1 })).toBe('csv');
    expect(nearest(editor, 'files', { x: -1, y: 0 })).toBeNull();
    editor.dispose();
  });

  it('has templates that can be read', () => {
    for (const { make } of templatesOf(trans)) {
      const text = writeTopology(make());
      expect(writeTopology(readTopology(text))).toBe(text);
    }
  });

  it('names files from the folder of the document', () => {
    expect(relativePath('', 'photos')).toBe('photos');
    expect(relativePath('work', 'work/photos/a.jpg')).toBe('photos/a.jpg');
    expect(relativePath('work/deep', 'work/photos')).toBe('../photos');
  });
});
