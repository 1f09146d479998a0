import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookModel } from '@jupyterlab/notebook';
import { StateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { screen, waitFor } from '@testing-library/dom';
import { trans } from '../../__tests__/connected';
import { API, MODULE, READY, RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { addCellCommands } from '../cellCommands';
import { CommandIDs } from '../commandIds';
import type { IPageView } from '../moduleTab';
import { RememberedForms } from '../remembered';
import { IOpenPage, openPage } from './openPage';

const PREDICT = {
  type: 'object',
  properties: {
    image: { type: 'string', format: 'file' },
    threshold: { type: 'number', default: 0.5 },
    note: { type: 'string' },
    settings: { type: 'object' },
    secret: { type: 'string', format: 'password' }
  }
};

const VALUES = {
  threshold: 1e-9,
  note: `'''"\\\n\u2028`,
  settings: { a: [null, { b: '😀' }] }
};

/** Stands in for an open notebook: its model is real, its widgets are not there. */
function standInNotebook(path: string, language: string) {
  const model = new NotebookModel();
  model.sharedModel.insertCell(0, { cell_type: 'code', source: '1' });
  const content = { model, activeCellIndex: 0, scrollToItem: () => undefined };
  const panel = {
    id: 'notebook',
    title: { label: path },
    content,
    context: { path, ready: Promise.resolve() },
    sessionContext: {
      session: { kernel: { name: 'k' } },
      kernelPreference: {},
      specsManager: { specs: { kernelspecs: { k: { language } } } }
    }
  };
  const activeCellChanged = new Signal<object, void>({});
  const tracker = {
    currentWidget: panel,
    get activeCell() {
      return { model: model.cells.get(content.activeCellIndex) };
    },
    activeCellChanged
  };
  return { tracker: tracker as unknown as INotebookTracker, model, content };
}

describe('Forms and cells', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let state: StateDB;
  const pages: IOpenPage[] = [];

  const open = async () => {
    opened = openPage(server, MODULE, new RememberedForms(state));
    pages.push(opened);
    opened.model.setTab('try');
    await waitFor(() => expect(opened.model.trial.plan).not.toBeNull());
    return opened;
  };

  beforeEach(async () => {
    state = new StateDB();
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => MODULE,
      'GET catalogue/modules/builtin/image-classifier/examples/cat/image': () =>
        new Response('picture'),
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => ({ ...API, predict: PREDICT }),
      'POST inference/predictions': () => RUN
    });
    URL.createObjectURL = () => 'blob:picture';
    URL.revokeObjectURL = () => undefined;
    await open();
  });

  afterEach(() => pages.splice(0).forEach(page => page.dispose()));

  function makeCommands(notebooks: INotebookTracker | null) {
    const commands = new CommandRegistry();
    const executed: unknown[] = [];
    commands.addCommand(CommandIDs.openNotebook, {
      execute: args => void executed.push(args)
    });
    const tab = () => ({
      id: 'tab',
      moduleId: MODULE.id,
      page: opened.page,
      goTo: (view: IPageView) => opened.page.open(view)
    });
    const app = {
      commands,
      shell: { activateById: () => undefined },
      serviceManager: { contents: opened.page.page.contents }
    } as unknown as JupyterFrontEnd;
    addCellCommands({
      app,
      notebooks,
      trans,
      currentFolder: () => '',
      tracker: {
        find: (fits: (each: unknown) => boolean) =>
          [tab()].find(each => fits(each))
      }
    } as unknown as Parameters<typeof addCellCommands>[0]);
    return { commands, executed };
  }

  const fill = async () => {
    const { trial } = opened.model;
    trial.setValues({ ...VALUES, secret: 'hush', accept: 'image/png' });
    trial.setFile('image', {
      kind: 'jupyter',
      path: 'photos/dog.jpg',
      name: 'dog.jpg',
      sizeBytes: 1000
    });
  };

  it.each(['typescript', 'python'])(
    'a form goes into a notebook of %s and comes back with every value',
    async language => {
      server.routes['GET deployments/d1/api'] = () => ({
        ...API,
        predict: PREDICT,
        accepts: ['application/json', 'image/png']
      });
      await open();
      await fill();
      const { tracker, model, content } = standInNotebook(
        'a/b.ipynb',
        language
      );
      const { commands } = makeCommands(tracker);
      expect(commands.isVisible(CommandIDs.openCellForm)).toBe(false);
      await commands.execute(CommandIDs.insertCell, { id: MODULE.id });
      expect(model.cells.length).toBe(2);
      expect(content.activeCellIndex).toBe(1);
      const cell = model.cells.get(1);
      expect(cell.getMetadata('deep')).toMatchObject({ version: 1, language });
      expect(JSON.stringify(cell.toJSON())).not.toContain('hush');
      expect(cell.sharedModel.getSource()).toContain(
        '"image": "../photos/dog.jpg"'
      );
      expect(commands.isVisible(CommandIDs.openCellForm)).toBe(true);

      await open();
      await commands.execute(CommandIDs.openCellForm);
      const { trial } = opened.model;
      await waitFor(() =>
        expect(trial.files.get('image')).toMatchObject({
          kind: 'jupyter',
          path: 'photos/dog.jpg'
        })
      );
      expect(trial.arguments).toEqual(VALUES);
      expect(trial.values.accept).toBe('image/png');
      expect(trial.notices).toEqual([]);
    }
  );

  it('what was edited in the cell is what the form shows; what cannot be read is said', async () => {
    await fill();
    const { tracker, model } = standInNotebook('b.ipynb', 'python');
    const { commands } = makeCommands(tracker);
    await commands.execute(CommandIDs.insertCell, { id: MODULE.id });
    const { sharedModel } = model.cells.get(1);
    const source = sharedModel.getSource();
    sharedModel.setSource(
      source.replace('1e-9', '0.75').replace('photos/dog.jpg', 'no/such.jpg')
    );
    await commands.execute(CommandIDs.openCellForm);
    const { trial } = opened.model;
    await screen.findByText(/The file of “image” is left out/);
    expect(trial.arguments.threshold).toBe(0.75);
    expect(trial.files.size).toBe(0);

    sharedModel.setSource(source.replace('1e-9', 'x'));
    await commands.execute(CommandIDs.openCellForm);
    await screen.findByText(/values cannot be read from it/);
    expect(trial.arguments.threshold).toBe(1e-9);
  });

  it('a path that was written for a file of the computer is taken as a file', async () => {
    opened.model.trial.setFile('image', {
      kind: 'browser',
      blob: new Blob(['x']),
      origin: 'this computer',
      name: 'bird.png',
      sizeBytes: 1
    });
    const { tracker, model } = standInNotebook('b.ipynb', 'python');
    const { commands } = makeCommands(tracker);
    await commands.execute(CommandIDs.insertCell, { id: MODULE.id });
    const { sharedModel } = model.cells.get(1);
    expect(sharedModel.getSource()).toContain('"bird.png"');
    sharedModel.setSource(
      sharedModel
        .getSource()
        .replace(/r'''[^]*'''/, `r'''{"image": "photos/dog.jpg", "old": 1}'''`)
    );
    await commands.execute(CommandIDs.openCellForm);
    const { trial } = opened.model;
    await waitFor(() => expect(trial.files.get('image')?.name).toBe('dog.jpg'));
    expect(trial.arguments).toEqual({});
    await screen.findByText(/no argument “old”/);
  });

  it('without an open notebook a new one is made', async () => {
    const { commands, executed } = makeCommands(null);
    await commands.execute(CommandIDs.insertCell, { id: MODULE.id });
    expect(executed).toEqual([{ id: MODULE.id, language: 'typescript' }]);
  });

  it('a copied cell is pasted as a cell that knows its form', async () => {
    await fill();
    const { tracker } = standInNotebook('b.ipynb', 'python');
    const { commands } = makeCommands(tracker);
    // jsdom has no clipboard of the system.
    const copied = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await commands.execute(CommandIDs.copyCell, { id: MODULE.id });
    const [cell] = Clipboard.getInstance().getData(
      'application/vnd.jupyter.cells'
    ) as Array<{ source: string; metadata: { deep: object } }>;
    expect(cell.source).toContain('json.loads');
    expect(cell.metadata.deep).toMatchObject({ module: MODULE.id });
    expect(copied).toHaveBeenCalledWith(cell.source);
  });

  describe('values of the last time', () => {
    const predict = async () => {
      await opened.model.trial.predict();
      expect(opened.model.trial.error).toBeNull();
    };

    it('are filled in again, without files and passwords', async () => {
      await fill();
      await predict();
      const kept = await state.fetch(`jupyterlab-deep:form:${MODULE.id}`);
      expect(kept).toEqual({ ...VALUES, accept: 'image/png' });
      await open();
      const { trial } = opened.model;
      await waitFor(() => expect(trial.isRecalled).toBe(true));
      expect(trial.arguments).toEqual(VALUES);
      expect(trial.files.get('image')?.kind).toBe('example');
      trial.startAfresh();
      expect(trial.arguments).toEqual({});
      expect(
        await state.fetch(`jupyterlab-deep:form:${MODULE.id}`)
      ).toBeUndefined();
    });

    it('do not come over what a cell says', async () => {
      await fill();
      await predict();
      await open();
      opened.page.open({
        cell: {
          folder: '',
          reading: {
            isOfCode: true,
            form: {
              version: 1,
              module: MODULE.id,
              language: 'python',
              arguments: { note: 'of the cell' },
              files: {}
            }
          }
        }
      });
      const { trial } = opened.model;
      await waitFor(() => expect(opened.model.module).not.toBeNull());
      expect(trial.arguments).toEqual({ note: 'of the cell' });
    });
  });
});
