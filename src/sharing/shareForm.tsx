import type { SharePreview } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import { useChanges } from '../shared/useChanges';
import type { IChosenReceiver, ShareModel } from './shareModel';
import { kindWordsOfAuthor } from './words';

interface IShareFormProps {
  model: ShareModel;
  trans: TranslationBundle;
}

/** What will be shared, where, with whom, as which version. */
export function ShareForm(props: IShareFormProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { preview, places, place, error, isBusy } = model;
  const isLoading = preview === null && error === null;
  return (
    <div className="jp-DeepSharing-form">
      <p role="status" className="jp-DeepSharing-status">
        {isLoading && trans.__('Looking at it…')}
        {isBusy && trans.__('Beginning…')}
      </p>
      {preview && <What preview={preview} trans={trans} />}
      {places?.length === 0 && (
        <p role="alert">
          {trans.__(
            'There is nowhere to share it yet: link a Nextcloud in the Storage panel, or name a shared folder under “Modules I share”.'
          )}
        </p>
      )}
      {preview && place && (
        <>
          <PlaceChoice {...props} />
          {place.isCloud ? (
            <Receivers {...props} />
          ) : (
            <p className="jp-DeepSharing-hint">
              {trans.__(
                'Everybody who can read this folder sees it: the disk says who that is.'
              )}
            </p>
          )}
          <About {...props} />
        </>
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
    </div>
  );
}

interface IWhatProps {
  preview: SharePreview;
  trans: TranslationBundle;
}

function What({ preview, trans }: IWhatProps): JSX.Element {
  const { title, kind, files, sizeBytes, leftOut, image, author, key } =
    preview;
  return (
    <section aria-label={trans.__('What will be shared')}>
      <p>
        <strong>{title}</strong> — {kindWordsOfAuthor(kind, trans)}
      </p>
      <p className="jp-DeepSharing-hint">
        {image ??
          trans._n(
            '%2 file, %3',
            '%2 files, %3',
            files,
            files.toLocaleString(),
            formatSize(sizeBytes)
          )}
        {' · '}
        {trans.__('signed by %1 with the key %2', author, key)}
      </p>
      {leftOut.length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%2 thing stays here',
              '%2 things stay here',
              leftOut.length,
              leftOut.length.toLocaleString()
            )}
          </summary>
          <ul>
            {leftOut.map(words => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function PlaceChoice({ model, trans }: IShareFormProps): JSX.Element {
  const { places, place } = model;
  return (
    <label>
      {trans.__('Where')}
      <select
        className="jp-mod-styled"
        value={place?.id}
        onChange={event => model.setPlace(event.currentTarget.value)}
      >
        {places?.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Receivers({ model, trans }: IShareFormProps): JSX.Element {
  const { receivers, people, search, hasLink } = model;
  return (
    <fieldset>
      <legend>{trans.__('With whom')}</legend>
      {receivers.length > 0 && (
        <ul
          className="jp-DeepSharing-receivers"
          aria-label={trans.__('It will be shared with')}
        >
          {receivers.map(each => (
            <li key={`${each.kind}:${each.with}`}>
              {nameWords(each, trans)}
              <button
                type="button"
                className="jp-mod-styled"
                aria-label={trans.__('Not with %1', each.name)}
                onClick={() => model.remove(each)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <label>
        {trans.__('Add a person or group')}
        <input
          className="jp-mod-styled"
          type="search"
          autoComplete="off"
          placeholder={trans.__('Type a name')}
          value={search}
          onChange={event => model.find(event.currentTarget.value)}
        />
      </label>
      <ul
        className="jp-DeepSharing-found"
        aria-label={trans.__('People and groups found')}
      >
        {people.map(person => (
          <li key={`${person.kind}:${person.id}`}>
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => model.add(person)}
            >
              {nameWords(person, trans)}
            </button>
          </li>
        ))}
      </ul>
      <label className="jp-DeepSharing-check">
        <input
          type="checkbox"
          checked={hasLink}
          onChange={event => model.setLink(event.currentTarget.checked)}
        />
        {trans.__('Also by a link, for everybody who has it')}
      </label>
    </fieldset>
  );
}

const nameWords = (
  { name, kind }: Pick<IChosenReceiver, 'name' | 'kind'>,
  trans: TranslationBundle
): string => (kind === 'group' ? trans.__('%1 (group)', name) : name);

function About({ model, trans }: IShareFormProps): JSX.Element {
  const { preview, version, licence, note } = model;
  const shared = preview?.shared ?? [];
  return (
    <>
      <div className="jp-DeepSharing-row">
        <label>
          {trans.__('Version')}
          <input
            className="jp-mod-styled"
            value={version}
            maxLength={80}
            onChange={event => model.set({ version: event.target.value })}
          />
        </label>
        <label>
          {trans.__('Licence')}
          <input
            className="jp-mod-styled"
            value={licence}
            maxLength={100}
            placeholder={trans.__('Such as MIT')}
            onChange={event => model.set({ licence: event.target.value })}
          />
        </label>
      </div>
      {shared.length > 0 && (
        <p className="jp-DeepSharing-hint">
          {trans.__(
            'Shared already, and never changed: %1. Whoever has it sees this version too.',
            shared.join(', ')
          )}
        </p>
      )}
      <label>
        {trans.__('A note to them (optional)')}
        <textarea
          className="jp-mod-styled"
          rows={2}
          maxLength={1000}
          value={note}
          onChange={event => model.set({ note: event.target.value })}
        />
      </label>
    </>
  );
}
