import { DocumentModel } from '@jupyterlab/docregistry';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { StandInServer } from '../../__tests__/standInServer';
import { SharedText } from '../../topologies/sharedText';
import { MetadataClient } from '../client';
import { MetadataModel } from '../model';

const FOUND = {
  version: 2,
  schema: '2.3.0',
  newest: '2.3.0',
  problems: [{ key: 'tags.0', message: 'Odd.', severity: 'note' }],
  values: { title: 'Plants', tags: ['a'], metadata_version: '2.0.0' }
};

async function makeModel(
  routes: ConstructorParameters<typeof StandInServer>[0]
) {
  const server = new StandInServer({
    'POST metadata/check': () => FOUND,
    'GET metadata/vocabularies': () => ({
      lists: {},
      links: [],
      resources: [],
      licences: []
    }),
    ...routes
  });
  const document = new DocumentModel();
  document.sharedModel.setSource('title: Plants\n');
  const text = new SharedText(document);
  const client = new MetadataClient(connect(server));
  const model = new MetadataModel({ text, client, trans });
  await model.start();
  return { model, document, server };
}

describe('the model of an editor of metadata', () => {
  it('shows what the service says of the text', async () => {
    const { model } = await makeModel({});
    expect(model.isCurrent).toBe(true);
    expect(model.valueOf(['title'])).toBe('Plants');
    expect(model.problemsOf('tags')).toHaveLength(1);
    expect(model.canEdit).toBe(true);
    expect(model.canMigrate).toBe(true);
    model.dispose();
  });

  it('keeps the last values while the text cannot be read, and asks again after each change', async () => {
    let found: object = FOUND;
    const { model, document } = await makeModel({
      'POST metadata/check': () => found
    });
    found = { newest: '2.3.0', problems: [] };
    document.sharedModel.setSource('title: "');
    expect(model.isCurrent).toBe(false);
    await waitFor(() => expect(model.isCurrent).toBe(true));
    expect(model.canEdit).toBe(false);
    expect(model.valueOf(['title'])).toBe('Plants');
    model.dispose();
  });

  it('writes an edit against the text as it is, also when somebody types meanwhile', async () => {
    const first = later<object>();
    let asked = 0;
    const { model, document } = await makeModel({
      'POST metadata/edit': () =>
        asked++ === 0 ? first.promise : { text: 'title: Trees\n# mine\n' }
    });
    const writing = model.edit(['title'], 'Trees');
    expect(model.valueOf(['title'])).toBe('Trees');
    await waitFor(() => expect(asked).toBe(1));
    document.sharedModel.setSource('title: Plants\n# mine\n');
    first.give({ text: 'title: Trees\n' });
    await writing;
    expect(asked).toBe(2);
    expect(document.sharedModel.getSource()).toBe('title: Trees\n# mine\n');
    model.dispose();
  });

  it('writes only the last of what was typed while an edit was under way', async () => {
    const first = later<object>();
    const values: unknown[] = [];
    const { model, server } = await makeModel({
      'POST metadata/edit': () =>
        values.push(0) === 1 ? first.promise : { text: 'title: Trees\n' }
    });
    const writing = model.edit(['title'], 'T');
    await model.edit(['title'], 'Tr');
    await model.edit(['title'], 'Trees');
    first.give({ text: 'title: T\n' });
    await writing;
    const edits = server.seen.filter(each =>
      JSON.stringify(each).includes('metadata/edit')
    );
    expect(edits).toHaveLength(2);
    model.dispose();
  });

  it('tells why an edit failed, and shows the value of the text again', async () => {
    const { model } = await makeModel({});
    await model.edit(['title'], 'Trees');
    expect(model.failure).not.toBeNull();
    expect(model.valueOf(['title'])).toBe('Plants');
    model.dispose();
  });

  it('migrates the text and keeps the notes until they are understood', async () => {
    const { model, document } = await makeModel({
      'POST metadata/migrate': () => ({
        text: 'title: New\n',
        notes: [{ key: 'tosca', message: 'Gone.' }]
      })
    });
    await model.migrate();
    expect(document.sharedModel.getSource()).toBe('title: New\n');
    expect(model.notes).toHaveLength(1);
    model.forgetNotes();
    expect(model.notes).toEqual([]);
    model.dispose();
  });
});
