import '../../style/inference.css';
import '../../style/pythonModules.css';
import type {
  PythonEnvironment,
  RememberedConsent
} from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import type { InferenceClient } from './client';

interface IKept {
  environments: PythonEnvironment[];
  consents: RememberedConsent[];
}

/**
 * What Python modules have installed, with its size, and what their user agreed to; both can be taken back.
 *
 * @throws DeepRequestError when the service cannot be asked.
 */
export async function showEnvironments(
  client: InferenceClient,
  trans: TranslationBundle
): Promise<void> {
  const kept = await readKept(client);
  await showDialog({
    title: trans.__('Python environments'),
    body: ReactWidget.create(
      <Environments client={client} trans={trans} kept={kept} />
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

async function readKept(client: InferenceClient): Promise<IKept> {
  const [environments, consents] = await Promise.all([
    client.listEnvironments(),
    client.listConsents()
  ]);
  return { environments, consents };
}

interface IEnvironmentsProps {
  client: InferenceClient;
  trans: TranslationBundle;
  kept: IKept;
}

function Environments(props: IEnvironmentsProps): JSX.Element {
  const { client, trans } = props;
  const [kept, setKept] = React.useState(props.kept);
  const [error, setError] = React.useState<DeepRequestError | null>(null);
  const act = async (change: () => Promise<void>): Promise<void> => {
    setError(null);
    try {
      await change();
      setKept(await readKept(client));
    } catch (reason) {
      setError(asRequestError(reason, trans));
    }
  };
  return (
    <div className="jp-DeepInference-environments">
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <EnvironmentList
        {...kept}
        trans={trans}
        onDelete={id => void act(() => client.deleteEnvironment(id))}
      />
      <ConsentList
        {...kept}
        trans={trans}
        onRevoke={id => void act(() => client.revokeConsent(id))}
      />
    </div>
  );
}

interface IEnvironmentListProps {
  environments: PythonEnvironment[];
  trans: TranslationBundle;
  onDelete: (id: string) => void;
}

function EnvironmentList(props: IEnvironmentListProps): JSX.Element {
  const { environments, trans, onDelete } = props;
  if (environments.length === 0) {
    return <p>{trans.__('No Python module has installed anything.')}</p>;
  }
  return (
    <ul aria-label={trans.__('Environments')}>
      {environments.map(each => (
        <li key={each.id}>
          <span>
            <strong>{each.modules.join(', ')}</strong>
            <br />
            {trans.__(
              'Python %1, %2 packages, %3',
              each.python,
              each.packages,
              formatSize(each.sizeBytes)
            )}
          </span>
          <button
            type="button"
            className="jp-mod-styled"
            disabled={each.inUse}
            onClick={() => onDelete(each.id)}
          >
            {each.inUse ? trans.__('In use') : trans.__('Delete')}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface IConsentListProps {
  consents: RememberedConsent[];
  trans: TranslationBundle;
  onRevoke: (id: string) => void;
}

function ConsentList(props: IConsentListProps): JSX.Element | null {
  const { consents, trans, onRevoke } = props;
  if (consents.length === 0) {
    return null;
  }
  return (
    <>
      <h3>{trans.__('You agreed to run')}</h3>
      <ul aria-label={trans.__('What you agreed to run')}>
        {consents.map(({ id, origin, commit }) => (
          <li key={id}>
            <span>
              {origin}
              <br />
              <code>{commit.slice(0, 12)}</code>
            </span>
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => onRevoke(id)}
            >
              {trans.__('Ask again')}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
