import * as React from 'react';
import { IAboutPart, Rows } from './aboutFacts';
import { CopyButton } from './copyButton';

/** What there is of it: version, image, dates. */
export function Versions({ module, trans }: IAboutPart): JSX.Element {
  const { version, metadataVersion, image, createdAt, updatedAt } = module;
  return (
    <section>
      <h2>{trans.__('Versions and images')}</h2>
      <Rows
        rows={[
          [trans.__('Version'), version || trans.__('not given')],
          [trans.__('Version of its metadata'), metadataVersion],
          [
            trans.__('Image'),
            image && (
              <>
                <code>{image}</code>{' '}
                <CopyButton
                  label={trans.__('Copy image')}
                  text={image}
                  trans={trans}
                />
              </>
            )
          ],
          [trans.__('Created'), day(createdAt)],
          [trans.__('Updated'), day(updatedAt)]
        ]}
      />
    </section>
  );
}

/** In the language of the page; words of an author that are no date stay as they are. */
function day(date: string | undefined): React.ReactNode {
  if (!date || Number.isNaN(Date.parse(date))) {
    return date;
  }
  const locale = document.documentElement.lang || undefined;
  const words = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeZone: 'UTC'
  });
  return <time dateTime={date}>{words.format(new Date(date))}</time>;
}
