import type {
  InstalledPackage,
  KernelEnvironment,
  Run
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { isOpen } from '../activity/openRun';
import { downloadBlob } from '../inference/results/download';
import { asRequestError } from '../service/errors';
import { LogFollower } from '../shared/logFollower';
import { LogView } from '../shared/logView';
import { Elapsed } from '../shared/time';
import type { EnvironmentActions } from './actions';
import type { EnvironmentsClient } from './client';
import type { EnvironmentsModel } from './model';
import { costWords, madeWords, spaceWords, versionWords } from './words';

export interface IEnvironmentCardProps {
  environment: KernelEnvironment;
  model: EnvironmentsModel;
  actions: EnvironmentActions;
  client: EnvironmentsClient;
  trans: TranslationBundle;
}

/** One environment: what it is, what it takes, how far it is, what can be done. */
export function EnvironmentCard(props: IEnvironmentCardProps): JSX.Element {
  const { environment, model, client, trans } = props;
  const { name, title, summary, made } = environment;
  const run = model.runOf(name);
  const heading = `jp-deep-environment-${name}`;
  return (
    <li aria-labelledby={heading} data-deep-environment={name}>
      <div className="jp-DeepEnvironments-line">
        <h2 id={heading}>{title}</h2>
        <State {...props} />
      </div>
      <p>{summary}</p>
      {made && <Made {...props} made={made} />}
      <Making {...props} run={run} />
      <Buttons {...props} />
      {run && <RunLog {...{ client, run, trans }} />}
      {made && <Packages key={made.madeAt} {...{ client, name, trans }} />}
    </li>
  );
}

/** A sign beside the word, so that colour is never alone. */
function State({
  environment: { name, made, whyNot },
  model,
  trans
}: IEnvironmentCardProps): JSX.Element {
  const [sign, word] = model.isBeingMade(name)
    ? ['◐', trans.__('being made')]
    : made
      ? made.isCurrent
        ? ['●', trans.__('ready')]
        : ['●', trans.__('ready, an update is there')]
      : whyNot
        ? ['▲', trans.__('not possible here')]
        : ['○', trans.__('not made yet')];
  return (
    <span className="jp-DeepEnvironments-state">
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

function Made({
  made,
  trans
}: IEnvironmentCardProps & {
  made: NonNullable<KernelEnvironment['made']>;
}): JSX.Element {
  return (
    <>
      <p className="jp-DeepEnvironments-versions">
        {versionWords(made.versions)}
      </p>
      <p className="jp-DeepEnvironments-hint">{madeWords(made, trans)}</p>
    </>
  );
}

/** What making it takes, or how far that is. */
function Making({
  environment: { name, made, plan, title, whyNot },
  model,
  run,
  trans
}: IEnvironmentCardProps & { run?: Run }): JSX.Element {
  if (run && model.isBeingMade(name)) {
    return <Progress {...{ run, title, trans }} />;
  }
  const isOffered = plan && !made?.isCurrent;
  return (
    <>
      {run?.error && run.state === 'failed' && (
        <p role="alert" className="jp-DeepEnvironments-failed">
          ▲ {run.error.detail} {run.error.hint}
        </p>
      )}
      {whyNot && <p className="jp-DeepEnvironments-hint">{whyNot}</p>}
      {isOffered && (
        <>
          <p className="jp-DeepEnvironments-versions">
            {versionWords(plan.versions)}
          </p>
          <p className="jp-DeepEnvironments-hint">
            {costWords(plan, trans)}
            <br />
            {[plan.why, spaceWords(plan, trans)].filter(Boolean).join(' ')}
          </p>
        </>
      )}
    </>
  );
}

function Progress({
  run,
  title,
  trans
}: {
  run: Run;
  title: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { progress, phase, startedAt } = run;
  return (
    <div className="jp-DeepEnvironments-progress">
      <progress
        aria-label={trans.__('Making %1', title)}
        max={progress?.total ?? 1}
        value={progress?.done}
      />
      <p role="status">
        {phase}
        {progress &&
          ` · ${trans.__('%1 of %2 packages', progress.done, progress.total)}`}
      </p>
      {startedAt && <Elapsed since={startedAt} />}
    </div>
  );
}

function Buttons({
  environment,
  model,
  actions,
  trans
}: IEnvironmentCardProps): JSX.Element {
  const { name, title, made, plan } = environment;
  const isBeingMade = model.isBeingMade(name);
  const button = (
    label: string,
    spoken: string,
    act: () => Promise<void>,
    style = ''
  ): JSX.Element => (
    <button
      type="button"
      className={`jp-mod-styled ${style}`}
      aria-label={spoken}
      onClick={() => void act()}
    >
      {label}
    </button>
  );
  return (
    <div className="jp-DeepEnvironments-actions">
      {made &&
        button(
          trans.__('New notebook'),
          trans.__('New notebook with %1', title),
          () => actions.openNotebook(made.kernel),
          'jp-mod-accept'
        )}
      {!made &&
        plan &&
        !isBeingMade &&
        button(
          trans.__('Create'),
          trans.__('Create %1', title),
          () => actions.create(environment),
          'jp-mod-accept'
        )}
      {made &&
        !made.isCurrent &&
        plan &&
        !isBeingMade &&
        button(trans.__('Update'), trans.__('Update %1', title), () =>
          actions.create(environment)
        )}
      {isBeingMade &&
        button(trans.__('Cancel'), trans.__('Cancel making %1', title), () =>
          model.cancel(name)
        )}
      {made &&
        !isBeingMade &&
        button(trans.__('Remove'), trans.__('Remove %1', title), () =>
          actions.remove(environment)
        )}
    </div>
  );
}

function RunLog({
  client,
  run,
  trans
}: Pick<IEnvironmentCardProps, 'client' | 'trans'> & {
  run: Run;
}): JSX.Element {
  const [isShown, show] = React.useState(false);
  const { id, title } = run;
  const goes = isOpen(run);
  const log = React.useMemo(
    () =>
      new LogFollower({
        read: offset => client.log(id, offset),
        grows: () => goes
      }),
    // What it wrote last is read once more when it has ended.
    [client, id, goes]
  );
  React.useEffect(() => () => log.dispose(), [log]);
  return (
    <details onToggle={event => show(event.currentTarget.open)}>
      <summary>{trans.__('Log')}</summary>
      {isShown && (
        <LogView
          log={log}
          label={trans.__('Log of %1', title)}
          trans={trans}
          onDownload={async () =>
            downloadBlob(
              new Blob([await log.whole()], {
                type: 'text/plain;charset=utf-8'
              }),
              `environment-${id}.log`
            )
          }
        />
      )}
    </details>
  );
}

/** All that is installed, asked for when somebody looks. */
function Packages({
  client,
  name,
  trans
}: Pick<IEnvironmentCardProps, 'client' | 'trans'> & {
  name: string;
}): JSX.Element {
  const [packages, setPackages] = React.useState<InstalledPackage[]>();
  const [failure, fail] = React.useState('');
  const look = async (): Promise<void> => {
    try {
      setPackages(await client.packages(name));
      fail('');
    } catch (reason) {
      fail(asRequestError(reason, trans).problem.detail);
    }
  };
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open) {
          void look();
        }
      }}
    >
      <summary>{trans.__('Packages')}</summary>
      {failure && <p role="alert">{failure}</p>}
      <ul className="jp-DeepEnvironments-packages">
        {packages?.map(each => (
          <li key={each.name}>
            {each.name} <span>{each.version}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
