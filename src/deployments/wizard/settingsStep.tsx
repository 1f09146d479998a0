import * as React from 'react';
import { ArgumentForm } from '../../inference/form';
import { ErrorBox } from '../../shared/errorBox';
import type { IWizardContext } from './context';
import type { IWizardValues } from './settingsForm';

/** Labels, preparation, example: what the file does not say. */
export function SettingsStep({
  wizard
}: {
  wizard: IWizardContext;
}): JSX.Element {
  const { model, trans, idPrefix } = wizard;
  const { error, form, values, fieldErrors, isNameTaken } = model;
  return (
    <>
      {form && (
        <ArgumentForm
          trans={trans}
          plan={form}
          idPrefix={`${idPrefix}-settings`}
          values={{ ...values }}
          fieldErrors={fieldErrors}
          onChange={changed =>
            model.setValues(changed as unknown as IWizardValues)
          }
          onSubmit={() => void model.next()}
        />
      )}
      <Example wizard={wizard} />
      {error && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={
            isNameTaken
              ? [
                  {
                    label: trans.__('Replace it'),
                    onClick: () => void model.replace()
                  }
                ]
              : []
          }
        />
      )}
    </>
  );
}

function Example({ wizard }: { wizard: IWizardContext }): JSX.Element | null {
  const { chooseFile, model, trans } = wizard;
  if (!chooseFile) {
    return null;
  }
  const isPicture = model.inspection?.proposal?.task === 'image-classification';
  return (
    <div className="jp-DeepWizard-example">
      <span>
        {isPicture
          ? trans.__('Example picture (optional):')
          : trans.__('Example table (optional):')}{' '}
        {model.example !== null && <code>{model.example}</code>}
      </span>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={async () => {
          const path = await chooseFile();
          if (path !== null && !model.isDisposed) {
            model.setExample(path);
          }
        }}
      >
        {trans.__('Choose from Jupyter…')}
      </button>
      {model.example !== null && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.setExample(null)}
        >
          {trans.__('Without an example')}
        </button>
      )}
    </div>
  );
}
