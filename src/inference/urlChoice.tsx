import * as React from 'react';
import { ChosenFile, fromUrl, IUrlFile } from './chosenFile';
import type { IPageContext } from './pageContext';

interface IUrlChoiceProps {
  page: IPageContext;
  take: (choose: () => Promise<ChosenFile | null>) => Promise<void>;
  onDone: () => void;
}

/** Asks for the address of a file. */
export function UrlChoice(props: IUrlChoiceProps): JSX.Element {
  const { page, take, onDone } = props;
  const { trans } = page;
  const [address, setAddress] = React.useState('');
  const use = () => {
    void take(async () => {
      const file = fromUrl(address, trans);
      onDone();
      return file;
    });
  };
  return (
    <div className="jp-DeepInference-urlChoice">
      <input
        type="url"
        autoFocus
        aria-label={trans.__('Address of the file')}
        // eslint-disable-next-line jupyter/no-untranslated-string -- what every address begins with
        placeholder="https://"
        value={address}
        onChange={({ target }) => setAddress(target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            // Not the form's: it would predict.
            event.preventDefault();
            use();
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            onDone();
          }
        }}
      />
      <button
        type="button"
        className="jp-mod-styled"
        disabled={address.trim() === ''}
        onClick={use}
      >
        {trans.__('Use')}
      </button>
    </div>
  );
}

interface IPrivateConfirmationProps {
  page: IPageContext;
  argument: string;
  file: IUrlFile;
}

/** Once the service has said that an address is not public: whether it is meant. */
export function PrivateConfirmation(
  props: IPrivateConfirmationProps
): JSX.Element | null {
  const { page, argument, file } = props;
  const { trans, model } = page;
  const { trial } = model;
  const isRefused =
    trial.error?.key === 'address-private' &&
    trial.error.problem.fields?.[argument] !== undefined;
  if (!isRefused && !file.allowPrivate) {
    return null;
  }
  return (
    <label className="jp-DeepInference-confirm">
      <span>
        <input
          type="checkbox"
          checked={file.allowPrivate === true}
          onChange={({ target }) =>
            trial.setFile(argument, { ...file, allowPrivate: target.checked })
          }
        />{' '}
        {trans.__(
          'I mean this address, though it belongs to this machine or its own network.'
        )}
      </span>
    </label>
  );
}
