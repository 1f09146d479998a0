import '../../style/catalogue.css';
import type { Health } from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import { formatElapsed } from '../shared/time';

/** Ask the service for its health and show all of it. */
export async function showHealth(
  service: IDeepService,
  trans: TranslationBundle
): Promise<void> {
  let body: JSX.Element;
  try {
    const health = await service.refreshHealth();
    body = <HealthTable rows={healthRows(health, service.version, trans)} />;
  } catch (reason) {
    const { problem } = asRequestError(reason, trans);
    body = <ErrorBox problem={problem} trans={trans} />;
  }
  await showDialog({
    title: trans.__('DEEP service'),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

type Row = [name: string, value: string];

/** Every figure of the service's health, named for people. */
export function healthRows(
  health: Health,
  ownVersion: string,
  trans: TranslationBundle
): Row[] {
  const { store, machine, active } = health;
  return [
    [trans.__('State'), trans.__('answers')],
    [trans.__('Version of the service'), health.version],
    [trans.__('Version of this page'), ownVersion],
    [trans.__('Running for'), formatElapsed(health.uptimeS * 1000)],
    [trans.__('Process'), String(health.pid)],
    [trans.__('Node.js'), `${health.node} · ${health.platform}`],
    [trans.__('Memory in use'), formatSize(health.memoryBytes)],
    [trans.__('Machine'), machine.host],
    [trans.__('CPUs'), machine.cpus.toLocaleString()],
    [trans.__('Memory of the machine'), formatSize(machine.memoryBytes)],
    [trans.__('GPUs'), machine.gpus.join(', ') || trans.__('none')],
    [trans.__('Store'), store.path],
    [trans.__('Size of the store'), formatSize(store.sizeBytes)],
    [trans.__('Free beside it'), formatSize(store.freeBytes)],
    [trans.__('Runs now'), String(active.runs)],
    [trans.__('Modules running'), String(active.deployments)],
    ...(health.notes ?? []).map((note): Row => [trans.__('Note'), note])
  ];
}

function HealthTable({ rows }: { rows: Row[] }): JSX.Element {
  return (
    <table className="jp-DeepCatalogue-healthTable">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={`${name} ${value}`}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
