import '../../style/sharing.css';
import type { ModuleDetail, SharedModule } from '@jupyterlab-deep/protocol';
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Rows } from '../inference/aboutFacts';
import type { IPageContext } from '../inference/pageContext';
import { formatSize } from '../shared/sizes';
import { orTell, say } from '../storage/tell';
import { SharingClient } from './client';
import { kindWords, stateWords } from './words';

interface ISharedFactsProps {
  page: Pick<IPageContext, 'service' | 'trans'>;
  module: ModuleDetail;
}

/** Who shares a module, signed by which key, what it is, and what can be done with it; nothing of other modules. */
export function SharedFacts(props: ISharedFactsProps): JSX.Element | null {
  const { page, module } = props;
  const { shared } = module;
  const { trans } = page;
  if (!shared) {
    return null;
  }
  const { author, authorSays, link, place, key, publishedAt } = shared;
  return (
    <section className="jp-DeepSharing-facts">
      <h2>
        {link
          ? trans.__('Shared by a link, signed as %1', author)
          : trans.__('Shared by %1', author)}
      </h2>
      <Rows
        rows={[
          [trans.__('State'), stateWords(shared, trans)],
          [trans.__('What it is'), kindWords(shared.kind, trans)],
          [trans.__('Note'), shared.note],
          [trans.__('Signs as'), authorSays === author ? '' : authorSays],
          [trans.__('Where'), place],
          [
            trans.__('Came by'),
            link &&
              trans.__(
                'a link that you opened: nobody but its author says who that is'
              )
          ],
          [
            trans.__('Notebook'),
            shared.notebook && <code>{shared.notebook}</code>
          ],
          [trans.__('Version'), versionWords(shared, trans)],
          [
            trans.__('Signed on'),
            publishedAt && new Date(publishedAt).toLocaleString()
          ],
          [trans.__('Key'), key && <code>{key}</code>],
          [trans.__('Size'), formatSize(shared.sizeBytes)],
          [trans.__('Image'), shared.image && <code>{shared.image}</code>],
          [
            trans.__('Its files'),
            shared.isHere
              ? trans.__('here, each as it was signed')
              : trans.__('there; fetched and checked when it is used')
          ]
        ]}
      />
      <OtherKey shared={shared} page={page} />
      <Actions shared={shared} page={page} />
    </section>
  );
}

function versionWords(
  { version, versions, used, hasUpdate }: SharedModule,
  trans: TranslationBundle
): string {
  if (hasUpdate && used) {
    return trans.__('%1, newer than %2 which you used', version, used);
  }
  const older = versions.filter(each => each !== version);
  return older.length > 0
    ? trans.__('%1; also %2', version, older.join(', '))
    : version;
}

interface ISharedProps {
  page: ISharedFactsProps['page'];
  shared: SharedModule;
}

function OtherKey({ page, shared }: ISharedProps): JSX.Element | null {
  const { service, trans } = page;
  if (shared.state !== 'other-key') {
    return null;
  }
  const { author, key, knownKey = '' } = shared;
  const trust = () =>
    orTell(
      trans.__('The key could not be trusted'),
      async () => {
        await new SharingClient(service).trust(shared.name, key);
        say(trans.__('The new key of %1 is trusted.', author));
      },
      trans
    );
  return (
    <div role="alert" className="jp-DeepSharing-warning">
      <p>
        <span aria-hidden="true">▲</span>{' '}
        {trans.__(
          'Until now %1 signed with %2. This is signed with %3: somebody else may have written it.',
          author,
          knownKey,
          key
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-warn"
        onClick={() => void trust()}
      >
        {trans.__('I have compared the new key with %1: trust it', author)}
      </button>
    </div>
  );
}

function Actions({ page, shared }: ISharedProps): JSX.Element | null {
  const { service, trans } = page;
  const client = new SharingClient(service);
  const { name, state, title, kind } = shared;
  const copy = async () => {
    const { value } = await InputDialog.getText({
      title: trans.__('Copy “%1” to My modules', title),
      label: trans.__('Its name there'),
      text: name.replace(/-[0-9a-f]{6}$/, ''),
      okLabel: trans.__('Copy')
    });
    if (value) {
      await orTell(
        trans.__('It could not be copied'),
        async () => {
          await client.fetch(name, { copyAs: value });
          say(trans.__('It is being copied: Activity shows how far it is.'));
        },
        trans
      );
    }
  };
  const forget = () =>
    orTell(
      trans.__('It could not be forgotten'),
      () => client.forget(name),
      trans
    );
  if (shared.link !== undefined) {
    return (
      <div className="jp-DeepSharing-actions">
        {state === 'shared' && kind !== 'image' && (
          <Copy onCopy={() => void copy()} trans={trans} />
        )}
        <ForgetLink link={shared.link} page={page} />
      </div>
    );
  }
  if (state === 'withdrawn') {
    return (
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void forget()}
      >
        {trans.__('Forget it')}
      </button>
    );
  }
  return state === 'shared' && kind !== 'image' ? (
    <Copy onCopy={() => void copy()} trans={trans} />
  ) : null;
}

interface ICopyProps {
  trans: TranslationBundle;
  onCopy(): void;
}

const Copy = ({ onCopy, trans }: ICopyProps): JSX.Element => (
  <button type="button" className="jp-mod-styled" onClick={onCopy}>
    {trans.__('Copy to My modules…')}
  </button>
);

interface IForgetLinkProps {
  page: ISharedFactsProps['page'];
  link: string;
}

function ForgetLink({ page, link }: IForgetLinkProps): JSX.Element {
  const { service, trans } = page;
  const forget = () =>
    orTell(
      trans.__('The link could not be forgotten'),
      async () => {
        await new SharingClient(service).removeLink(link);
        say(trans.__('The link was forgotten. What you copied stays yours.'));
      },
      trans
    );
  return (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void forget()}
    >
      {trans.__('Forget the link')}
    </button>
  );
}
