import type { Consent, ConsentQuestion } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

const REFUSE = 0;

/**
 * Show what the code is, installs and reaches, and let the user decide.
 *
 * @returns null when it shall not run, which is what Enter and Escape say too.
 */
export async function askForConsent(
  question: ConsentQuestion,
  trans: TranslationBundle
): Promise<Consent | null> {
  const body = new ConsentBody(question, trans);
  const dialog = new Dialog<Consent>({
    title: trans.__('Run the code of “%1”?', question.title),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Do not run') }),
      Dialog.warnButton({ label: trans.__('Run it') })
    ],
    defaultButton: REFUSE
  });
  dialog.addClass('jp-DeepInference-consentDialog');
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}

class ConsentBody extends ReactWidget implements Dialog.IBodyWidget<Consent> {
  constructor(
    private readonly _question: ConsentQuestion,
    private readonly _trans: TranslationBundle
  ) {
    super();
    const { commit, lock, agreed } = _question;
    this._consent = { ...agreed, commit, lock };
  }

  getValue(): Consent {
    return this._consent;
  }

  protected render(): JSX.Element {
    return (
      <ConsentFacts
        question={this._question}
        consent={this._consent}
        trans={this._trans}
        onChange={consent => {
          this._consent = consent;
          this.update();
        }}
      />
    );
  }

  private _consent: Consent;
}

interface IConsentFactsProps {
  question: ConsentQuestion;
  consent: Consent;
  trans: TranslationBundle;
  onChange: (consent: Consent) => void;
}

function ConsentFacts(props: IConsentFactsProps): JSX.Element {
  const { question, trans } = props;
  const { origin, commit, agreed } = question;
  return (
    <div className="jp-DeepInference-consentFacts">
      <p>
        {trans.__(
          'Its author’s code runs on this machine as you. Run it only if you trust where it comes from.'
        )}
      </p>
      <dl>
        <dt>{trans.__('From')}</dt>
        <dd>{origin}</dd>
        <dt>{commitTitle(question, trans)}</dt>
        <dd>
          <code>{commit}</code>
        </dd>
        {agreed && agreed.commit !== commit && (
          <>
            <dt>{trans.__('You agreed before to')}</dt>
            <dd>
              <code>{agreed.commit}</code>
            </dd>
          </>
        )}
        <dt>{trans.__('Installs')}</dt>
        <dd>
          <Packages question={question} trans={trans} />
        </dd>
        <dt>{trans.__('May reach')}</dt>
        <dd>
          <Reach {...props} />
        </dd>
      </dl>
    </div>
  );
}

function commitTitle(
  { kind }: ConsentQuestion,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'git':
      return trans.__('Commit');
    case 'package':
      return trans.__('Version');
    case 'folder':
      return trans.__('Project');
    case 'shared':
      return trans.__('Digest of its files');
  }
}

function Packages({
  question,
  trans
}: Pick<IConsentFactsProps, 'question' | 'trans'>): JSX.Element {
  const { requirements, lock, note, built } = question;
  const count = requirements.length;
  return (
    <>
      <details>
        <summary>
          {lock
            ? trans._n('%1 package', '%1 packages', count, count)
            : trans.__('At least these, and what they need: %1', count)}
        </summary>
        <ul>
          {requirements.map(requirement => (
            <li key={requirement}>{requirement}</li>
          ))}
        </ul>
      </details>
      {note && <p>{note}</p>}
      <p>
        {trans.__(
          'In an environment of its own. Ready-built packages only, except what DEEPaaS itself has as source: %1; and the module itself.',
          built.join(', ')
        )}
      </p>
    </>
  );
}

function Reach(props: IConsentFactsProps): JSX.Element {
  const { question, consent, trans, onChange } = props;
  return (
    <>
      <p>
        {question.isConfined
          ? trans.__(
              'The system’s files for reading, and of yours only its own folder: bubblewrap hides the rest.'
            )
          : trans.__('All your files: it is %1.', question.confinement)}
      </p>
      <Choice
        label={
          question.isConfined
            ? trans.__('The network: many modules fetch their weights with it')
            : trans.__(
                'The network: without bubblewrap this cannot be kept from it'
              )
        }
        isDisabled={!question.isConfined}
        isChecked={consent.network !== false || !question.isConfined}
        onChange={network => onChange({ ...consent, network })}
      />
      <Choice
        label={trans.__(
          'Packages without a ready-built version are built here, which runs code of their authors'
        )}
        isChecked={consent.fromSource ?? false}
        onChange={fromSource =>
          // Other versions may be chosen then than those that are listed.
          onChange({
            ...consent,
            fromSource,
            lock: fromSource ? undefined : question.lock
          })
        }
      />
    </>
  );
}

interface IChoiceProps {
  label: string;
  isChecked: boolean;
  isDisabled?: boolean;
  onChange: (isChecked: boolean) => void;
}

function Choice(props: IChoiceProps): JSX.Element {
  return (
    <label>
      <input
        type="checkbox"
        checked={props.isChecked}
        disabled={props.isDisabled}
        onChange={event => props.onChange(event.target.checked)}
      />{' '}
      {props.label}
    </label>
  );
}
