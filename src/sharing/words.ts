import type { SharedKind, SharedModule } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What it is, and what that means for who uses it. */
export function kindWords(kind: SharedKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'model':
      return trans.__('a model: data only, no code of its author runs');
    case 'code':
      return trans.__('Python code: you are asked before it runs');
    case 'image':
      return trans.__(
        'the name of a container image: you are asked before it runs'
      );
  }
}

/** The same, as whoever shares it reads it. */
export const kindWordsOfAuthor = (
  kind: SharedKind,
  trans: TranslationBundle
): string =>
  kind === 'code'
    ? trans.__('Python code: they are asked before it runs')
    : kind === 'image'
      ? trans.__('the name of a container image: they are asked before it runs')
      : kindWords(kind, trans);

/** Its state in a word or two. */
export function stateWords(
  { state }: SharedModule,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'shared':
      return trans.__('shared with you');
    case 'withdrawn':
      return trans.__('no longer shared');
    case 'broken':
      return trans.__('not as its author signed it');
    case 'other-key':
      return trans.__('signed with another key than before');
  }
}
