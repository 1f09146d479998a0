import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IAboutPart } from './aboutFacts';
import { CopyButton } from './copyButton';
import { licenceUrl } from './licences';
import { LongList } from './longList';
import { WebLink } from './webLink';
import { webUrl } from './webUrl';

/** By SPDX where it is one of its identifiers, else in the author's words. */
export function Licence({ module, trans }: IAboutPart): JSX.Element {
  const { licence } = module;
  const url = licenceUrl(licence);
  return (
    <section>
      <h2>{trans.__('Licence')}</h2>
      <p>
        {url ? (
          <WebLink url={url}>{licence}</WebLink>
        ) : (
          licence ||
          trans.__('Not given: ask its authors what you may do with it.')
        )}
      </p>
    </section>
  );
}

/** As BibTeX; the DOI where there is one. */
export function Citation({ module, trans }: IAboutPart): JSX.Element | null {
  const { citation, doi } = module;
  const url = webUrl(doi && `https://doi.org/${encodeURI(doi)}`);
  if (!citation && !url) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Citation')}</h2>
      {url && (
        <p>
          <WebLink url={url}>{doi}</WebLink>
        </p>
      )}
      {citation && (
        <>
          <pre tabIndex={0} aria-label={trans.__('BibTeX')}>
            {citation}
          </pre>
          <CopyButton
            label={trans.__('Copy citation')}
            text={citation}
            trans={trans}
          />
        </>
      )}
    </section>
  );
}

export function Links({ module, trans }: IAboutPart): JSX.Element | null {
  const links = Object.entries(module.links).flatMap(([name, address]) => {
    const url = webUrl(address);
    return url ? [{ name, url }] : [];
  });
  if (links.length === 0) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Links')}</h2>
      <LongList
        trans={trans}
        items={links.map(({ name, url }) => (
          <WebLink url={url}>{linkWords(name, trans)}</WebLink>
        ))}
      />
    </section>
  );
}

/** Keys of the metadata in words. */
function linkWords(key: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    source_code: trans.__('Source code'),
    docker_image: trans.__('Container image'),
    ai4_template: trans.__('Template'),
    dataset: trans.__('Training data'),
    training_data: trans.__('Training data'),
    weights: trans.__('Model weights'),
    pretrained_weights: trans.__('Model weights'),
    zenodo_doi: trans.__('Zenodo record'),
    base_model: trans.__('Base model'),
    cicd_url: trans.__('Build state'),
    cicd_badge: trans.__('Build state (picture)'),
    documentation: trans.__('Documentation'),
    homepage: trans.__('Home page')
  };
  const plain = key.replace(/_/g, ' ').trim();
  // Not by `words[key]` alone: a key may be called `constructor`.
  return Object.hasOwn(words, key)
    ? words[key]
    : plain.charAt(0).toUpperCase() + plain.slice(1) || trans.__('Link');
}

/** Every source that has it, what it is called there, and the file that describes it. */
export function Origins({ module, trans }: IAboutPart): JSX.Element {
  const file = trans.__('its description');
  return (
    <section>
      <h2>{trans.__('Origin')}</h2>
      <LongList
        trans={trans}
        items={module.origins.map(({ title, id, url }) => {
          const page = webUrl(url);
          return (
            <>
              {title}: <code>{id}</code>{' '}
              {page && <WebLink url={page}>{fileName(page) || file}</WebLink>}
            </>
          );
        })}
      />
    </section>
  );
}

const fileName = ({ pathname }: URL): string => pathname.split('/').pop() ?? '';

export function Tags({ module, trans }: IAboutPart): JSX.Element | null {
  if (module.tags.length === 0) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Tags')}</h2>
      <LongList
        className="jp-DeepInference-tags"
        items={module.tags}
        trans={trans}
      />
    </section>
  );
}
