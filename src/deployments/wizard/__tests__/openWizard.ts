import type { ModelInspection, SavedModel } from '@jupyterlab-deep/protocol';
import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { connect, trans } from '../../../__tests__/connected';
import { API, MODULE, READY } from '../../../__tests__/samples';
import { StandInContents } from '../../../__tests__/standInContents';
import { StandInServer } from '../../../__tests__/standInServer';
import { Favourites } from '../../../catalogue/favourites';
import { makeCatalogue } from '../../../inference/__tests__/openPage';
import { InferenceClient } from '../../../inference/client';
import { createWizard } from '../createWizard';
import type { WizardModel } from '../model';
import type { WizardPanel } from '../panel';

/** What the service says of a file that PyTorch exported. */
export const INSPECTION: ModelInspection = {
  format: 'onnx',
  name: 'leaves',
  sizeBytes: 4_000_000,
  files: ['leaves.onnx'],
  inputs: [{ name: 'image', type: 'float32', shape: [null, 3, 64, 64] }],
  outputs: [{ name: 'scores', type: 'float32', shape: [null, 3] }],
  opset: 17,
  producer: 'pytorch 2.4.0',
  metadata: {},
  classes: 3,
  findings: [
    { text: 'It takes pictures and tells 3 classes apart.', isCertain: true },
    { text: 'Networks of PyTorch are usually so.', isCertain: false }
  ],
  proposal: {
    task: 'image-classification',
    network: {
      input: 'image',
      output: 'scores',
      layout: 'NCHW',
      gives: 'logits'
    },
    preparation: {
      width: 64,
      height: 64,
      fit: 'crop',
      filter: 'bilinear',
      channels: 'RGB',
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225]
    }
  },
  questions: ['preparation', 'labels']
};

export const savedAs = (name: string): SavedModel => ({
  id: `mine/${name}`,
  name,
  title: 'leaves',
  version: '1.0.0',
  task: 'image-classification',
  folder: `/store/models/${name}`,
  detail: 'cpu'
});

/** A service that knows no other places than this machine. */
export function makeServer(): StandInServer {
  let drafts = 0;
  const server: StandInServer = new StandInServer({
    'POST models/inspections': () => INSPECTION,
    'POST models': () => {
      drafts += 1;
      const draft = `draft-0000000${drafts}`;
      const module = { ...MODULE, id: `mine/${draft}`, title: 'leaves' };
      server.routes[`GET catalogue/modules/mine/${draft}`] = () => module;
      server.routes[`POST models/${draft}/finish`] = () => savedAs('leaves');
      server.routes[`DELETE models/${draft}`] = () =>
        new Response(null, { status: 204 });
      return new Response(JSON.stringify(savedAs(draft)), { status: 201 });
    },
    'GET deployments': () => ({ deployments: [] }),
    'POST deployments': ({ body }) => ({
      ...READY,
      module: (body as { module: string }).module
    }),
    'GET deployments/d1/api': () => API
  });
  return server;
}

export interface IOpenWizard {
  panel: WizardPanel;
  model: WizardModel;
  closes: number;
  commands: CommandRegistry;
  dispose(): void;
}

// jsdom has no object URLs.
URL.createObjectURL = () => 'blob:picture';
URL.revokeObjectURL = () => undefined;

/** The wizard on the document. */
export function openWizard(server: StandInServer): IOpenWizard {
  const service = connect(server);
  const commands = new CommandRegistry();
  const favourites = new Favourites(null);
  const panel = createWizard(
    {
      service,
      catalogue: makeCatalogue(service, favourites),
      client: new InferenceClient(service),
      rendermime: new RenderMimeRegistry({
        initialFactories: standardRendererFactories
      }),
      contents: new StandInContents().manager,
      documents: null,
      translator: null,
      commands,
      currentFolder: () => 'work',
      trans
    },
    () => {
      opened.closes += 1;
    }
  );
  const opened: IOpenWizard = {
    panel,
    model: panel.wizard.model,
    closes: 0,
    commands,
    dispose: () => {
      panel.dispose();
      service.dispose();
    }
  };
  Widget.attach(panel, document.body);
  return opened;
}
