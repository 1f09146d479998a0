import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** More than this is searched. */
const SEARCHED = 15;

/** Fields that are built at once: a field is slow compared to its line in a list. */
const SHOWN = 40;

/** A field that is built only where it is shown. */
export interface IOption {
  name: string;

  /** What a search finds it by. */
  words: string;
  hasError: boolean;
  content: React.ReactNode;
}

interface IMoreOptionsProps {
  options: IOption[];
  trans: TranslationBundle;
}

/** The arguments that may be left alone: folded, with a search where there are many. */
export function MoreOptions({
  options,
  trans
}: IMoreOptionsProps): JSX.Element {
  const hasErrors = options.some(({ hasError }) => hasError);
  const [isOpened, setOpened] = React.useState(false);
  const [text, setText] = React.useState('');
  const [count, setCount] = React.useState(SHOWN);
  const isOpen = isOpened || hasErrors;
  const found = matching(options, text);
  const hidden = Math.max(found.length - count, 0);
  return (
    <details
      open={isOpen}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>
        {options.length > SEARCHED
          ? trans.__('More options (%1)', options.length.toLocaleString())
          : trans.__('More options')}
      </summary>
      {isOpen && options.length > SEARCHED && (
        <input
          type="search"
          className="jp-DeepInference-optionSearch"
          aria-label={trans.__('Find an option')}
          placeholder={trans.__('Find an option')}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setCount(SHOWN);
          }}
        />
      )}
      {isOpen &&
        found
          .slice(0, count)
          .map(({ name, content }) => (
            <React.Fragment key={name}>{content}</React.Fragment>
          ))}
      {isOpen && found.length === 0 && (
        <p role="status">{trans.__('No option matches “%1”.', text)}</p>
      )}
      {isOpen && hidden > 0 && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => setCount(count + SHOWN)}
        >
          {trans.__('Show more (%1 left)', hidden.toLocaleString())}
        </button>
      )}
    </details>
  );
}

/** What needs attention first; then as the module lists them. */
function matching(options: IOption[], text: string): IOption[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = (option: IOption) =>
    words.every(word => option.words.toLowerCase().includes(word));
  return [
    ...options.filter(({ hasError }) => hasError),
    ...options.filter(option => !option.hasError && isFound(option))
  ];
}
