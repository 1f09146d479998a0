import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookModel, INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { connect, trans } from '../../../__tests__/connected';
import { MODULE } from '../../../__tests__/samples';
import { StandInServer } from '../../../__tests__/standInServer';
import { addWizardCommands, CommandIDs } from '../commands';
import { modelsBeside, namesSaved, savedByName } from '../findModels';
import { isModelFile } from '../modelFile';
import { WizardTab } from '../wizardTab';
import { IOpenWizard, makeServer, openWizard } from './openWizard';

/** jsdom shows no dialogs. */
const HIDDEN = { hidden: true };

type Entry = Pick<Contents.IModel, 'path' | 'type'> & { at?: string };

/** Jupyter's folders, as they are listed. */
const contentsOf = (folders: Record<string, Entry[]>) =>
  ({
    driveName: (path: string) => (path.startsWith('cloud:') ? 'cloud' : ''),
    localPath: (path: string) => path,
    get: async (path: string) => ({
      content: folders[path]?.map(({ at = '2026-01-01', ...entry }) => ({
        ...entry,
        name: entry.path.split('/').pop(),
        last_modified: at
      }))
    })
  }) as unknown as Contents.IManager;

const notebookOf = (...sources: string[]) =>
  ({
    cells: sources.map(source => ({
      type: 'code',
      sharedModel: { getSource: () => source }
    }))
  }) as unknown as INotebookModel;

describe('What a notebook has of models', () => {
  it('are files beside it and one folder below, the newest first', async () => {
    const contents = contentsOf({
      work: [
        { path: 'work/a.onnx', type: 'file', at: '2026-01-02' },
        { path: 'work/a.ipynb', type: 'notebook' },
        { path: 'work/exports', type: 'directory' },
        { path: 'work/.hidden', type: 'directory' }
      ],
      'work/exports': [
        { path: 'work/exports/model.json', type: 'file', at: '2026-01-03' },
        { path: 'work/exports/package.json', type: 'file' }
      ],
      'work/.hidden': [{ path: 'work/.hidden/b.onnx', type: 'file' }]
    });
    expect(await modelsBeside(contents, 'work/a.ipynb')).toEqual([
      'work/exports/model.json',
      'work/a.onnx'
    ]);
    expect(await modelsBeside(contents, 'gone/a.ipynb')).toEqual([]);
  });

  it('are those that its cells saved, by their names', () => {
    const notebook = notebookOf(
      "const mine = await models.save(model, 'Blätter & Blüten', { labels });",
      'models.save(to_onnx(model, X[:1], options={"zipmap": False}), name="wine", labels=targets)',
      'other.save(model, "x")'
    );
    const names = namesSaved(notebook);
    expect(names).toEqual(['Blätter & Blüten', 'wine']);
    const module = { ...MODULE, name: 'Blatter-Bluten' };
    expect(savedByName([MODULE, module], names)).toEqual([module]);
  });

  it('are known by their names', () => {
    expect(
      ['a.onnx', 'A.ONNX', 'x/model.json', 'package.json', 'a.pt'].map(
        isModelFile
      )
    ).toEqual([true, true, true, false, false]);
  });
});

describe('Deploy model', () => {
  let server: StandInServer;
  let opened: IOpenWizard;
  let tabs: WizardTab[];
  let selected: string[];
  let commands: CommandRegistry;
  let notebook: { path: string; model: INotebookModel };

  beforeEach(() => {
    server = makeServer();
    opened = openWizard(server);
    tabs = [];
    selected = [];
    notebook = { path: 'work/a.ipynb', model: notebookOf() };
    commands = new CommandRegistry();
    const app = {
      commands,
      serviceManager: {
        contents: contentsOf({
          work: [{ path: 'work/leaves.onnx', type: 'file' }]
        })
      },
      shell: {
        add: (tab: WizardTab) => {
          tabs.push(tab);
          Widget.attach(tab, document.body);
        },
        activateById: () => undefined
      }
    } as unknown as JupyterFrontEnd;
    addWizardCommands({
      app,
      labShell: {} as never,
      browsers: {
        tracker: {
          currentWidget: {
            selectedItems: () => selected.map(path => ({ path }))
          }
        }
      } as unknown as IFileBrowserFactory,
      notebooks: {
        get currentWidget() {
          return {
            context: { path: notebook.path },
            content: { model: notebook.model }
          };
        }
      } as unknown as INotebookTracker,
      service: connect(server),
      load: async () => opened.panel,
      trans
    });
  });

  afterEach(() => {
    tabs.forEach(tab => tab.dispose());
    opened.dispose();
  });

  const isVisible = (...paths: string[]): boolean => {
    selected = paths;
    return commands.isVisible(CommandIDs.deployModel);
  };

  it('is offered for one model file in the browser, and for nothing else', () => {
    expect(isVisible('work/leaves.onnx')).toBe(true);
    expect(isVisible('export/model.json')).toBe(true);
    expect(isVisible('package.json')).toBe(false);
    expect(isVisible('a.onnx', 'b.onnx')).toBe(false);
    expect(isVisible()).toBe(false);
    expect(
      commands.isVisible(CommandIDs.deployModel, { ofNotebook: true })
    ).toBe(true);
  });

  it('opens the wizard with the file that is selected', async () => {
    selected = ['work/leaves.onnx'];
    await commands.execute(CommandIDs.deployModel);
    await waitFor(() => expect(opened.model.path).toBe('work/leaves.onnx'));
    expect(tabs).toHaveLength(1);
  });

  it('of a notebook takes the model that lies beside it', async () => {
    await commands.execute(CommandIDs.deployModel, { ofNotebook: true });
    await waitFor(() => expect(opened.model.path).toBe('work/leaves.onnx'));
  });

  it('of a notebook without models explains how to come to one', async () => {
    notebook.path = 'empty/a.ipynb';
    await commands.execute(CommandIDs.deployModel, { ofNotebook: true });
    await waitFor(() => expect(tabs[0].model).not.toBeNull());
    expect(opened.model.path).toBeNull();
    await screen.findByText(/torch.onnx.export/);
  });

  it('of a notebook lets its user choose between files and what its cells saved', async () => {
    notebook.model = notebookOf("await models.save(model, 'leaves')");
    server.routes['GET catalogue/modules'] = () => ({
      modules: [{ ...MODULE, id: 'mine/leaves', name: 'leaves' }]
    });
    const done = commands.execute(CommandIDs.deployModel, {
      ofNotebook: true
    });
    const list = await screen.findByRole('combobox', HIDDEN);
    fireEvent.change(list, {
      target: { value: 'Image classifier (saved by this notebook)' }
    });
    await userEvent.click(
      screen.getByRole('button', { name: 'Go on', ...HIDDEN })
    );
    await done;
    await waitFor(() => expect(opened.model.step).toBe(4));
    expect(opened.model.module?.id).toBe('mine/leaves');
  });

  it('closes at once when nothing would be lost, and asks otherwise', async () => {
    selected = ['work/leaves.onnx'];
    await commands.execute(CommandIDs.deployModel);
    await waitFor(() => expect(opened.model.form).not.toBeNull());
    opened.model.setValues({ ...opened.model.values, labels: 'a\nb\nc' });
    await opened.model.next();
    await opened.model.next();
    await waitFor(() => expect(opened.model.step).toBe(3));
    tabs[0].close();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Go on editing', ...HIDDEN })
    );
    expect(tabs[0].isDisposed).toBe(false);
    tabs[0].close();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Discard', ...HIDDEN })
    );
    await waitFor(() => expect(tabs[0].isDisposed).toBe(true));
    expect(server.requestsOf('DELETE', 'models/draft-00000001')).toHaveLength(
      1
    );
  });

  it('closes without a word before anything was filled in', async () => {
    selected = ['work/leaves.onnx'];
    await commands.execute(CommandIDs.deployModel);
    await waitFor(() => expect(opened.model.form).not.toBeNull());
    tabs[0].close();
    expect(tabs[0].isDisposed).toBe(true);
  });
});
