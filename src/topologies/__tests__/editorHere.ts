import { emptyTopology } from '@jupyterlab-deep/protocol/lib/topologies/read';
import { writeTopology } from '@jupyterlab-deep/protocol/lib/topologies/write';
import { DocumentModel } from '@jupyterlab/docregistry';
import { CommandRegistry } from '@lumino/commands';
import { connect, trans } from '../../__tests__/connected';
import { API, MODULE } from '../../__tests__/samples';
import { StandInContents } from '../../__tests__/standInContents';
import { StandInServer } from '../../__tests__/standInServer';
import type { AskForConsent } from '../../deployments/deployDialog';
import { TopologyChecker } from '../checker';
import { TopologiesClient } from '../client';
import { TopologyEditor } from '../editor';
import { TopologyModel } from '../model';
import { ModuleFacts } from '../moduleFacts';
import { TopologyRunModel } from '../runModel';
import { SharedText } from '../sharedText';

const { predict, accepts } = API;
const PORTS = { inputs: [], outputs: [] };

/** An editor of an empty document, with a stand-in for the service. */
export function makeEditor(
  routes: ConstructorParameters<typeof StandInServer>[0] = {},
  askForConsent: AskForConsent = async () => null
) {
  const server = new StandInServer({
    'POST topologies/check': () => ({
      isRunnable: true,
      problems: [],
      ports: {},
      unknownApis: []
    }),
    'GET topologies/modules': () => ({ isCurrent: false }),
    'POST topologies/modules': () => ({ ports: PORTS, predict, accepts }),
    'GET runs': () => ({ runs: [] }),
    ...routes
  });
  const service = connect(server);
  const text = new DocumentModel();
  text.sharedModel.setSource(writeTopology(emptyTopology()));
  text.sharedModel.clearUndoHistory();
  const client = new TopologiesClient(service);
  const jupyterPath = () => 'work/a.topology';
  const model = new TopologyModel({
    text: new SharedText(text),
    readOnlyWords: 'read-only'
  });
  const catalogue = { get: async () => MODULE } as never;
  const facts = new ModuleFacts({
    client,
    catalogue,
    askForConsent,
    trans
  });
  const editor = new TopologyEditor({
    model,
    facts,
    checker: new TopologyChecker({ model, client, facts, jupyterPath, trans }),
    run: new TopologyRunModel({ service, client, facts, jupyterPath, trans }),
    client,
    catalogue,
    commands: new CommandRegistry(),
    contents: new StandInContents().manager,
    chooseFolder: null,
    datasets: async () => [],
    jupyterPath,
    save: async () => undefined,
    trans
  });
  return { editor, model, text, server, service };
}
