import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

/** One of the things to choose from. */
export interface IChoice<T> {
  value: T;
  label: string;
  about: string;
}

interface IPickOptions<T> {
  title: string;

  /** Of the box to type in. */
  label: string;

  choices: readonly IChoice<T>[];

  /** Further ones, that take a moment. */
  more?: Promise<readonly IChoice<T>[]>;

  /** What is said where there is nothing to choose from. */
  empty: string;
  trans: TranslationBundle;
}

/** So many are shown at once; typing brings the others. */
const MOST = 100;

/** Let the user choose by typing a part of the name, by arrows or by a click. @returns null when nothing was chosen. */
export async function pick<T>(options: IPickOptions<T>): Promise<T | null> {
  const { title, trans } = options;
  let chosen: T | null = null;
  const dialog: Dialog<void> = new Dialog({
    title,
    body: ReactWidget.create(
      <Picker
        {...options}
        onPick={value => {
          chosen = value;
          dialog.resolve();
        }}
      />
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') })],
    focusNodeSelector: 'input',
    hasClose: true
  });
  dialog.addClass('jp-DeepTopologies-pick');
  // Enter in the box chooses: heard before Lab's own listener on this node, which would press the button.
  dialog.node.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        event.stopImmediatePropagation();
        event.preventDefault();
        dialog.node
          .querySelector<HTMLElement>('[aria-selected="true"]')
          ?.click();
      }
    },
    true
  );
  await dialog.launch();
  return chosen;
}

interface IPickerProps<T> extends IPickOptions<T> {
  onPick: (value: T) => void;
}

function Picker<T>(props: IPickerProps<T>): JSX.Element {
  const { label, empty, trans, onPick } = props;
  const more = useMore(props.more);
  const choices = [...props.choices, ...(more ?? [])];
  const [text, setText] = React.useState('');
  const [place, setPlace] = React.useState(0);
  const id = React.useId();
  const found = matching(choices, text).slice(0, MOST);
  const current = Math.min(place, found.length - 1);
  const list = React.useRef<HTMLUListElement>(null);
  React.useEffect(() => {
    list.current?.children[current]?.scrollIntoView?.({ block: 'nearest' });
  }, [current]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setPlace(Math.max(0, Math.min(current + step, found.length - 1)));
    }
  };
  return (
    <div className="jp-DeepTopologies-picker" onKeyDown={onKeyDown}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[current] && `${id}-${current}`}
        aria-autocomplete="list"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setPlace(0);
        }}
      />
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label}>
        {found.map((choice, index) => (
          <li
            key={index}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => onPick(choice.value)}
          >
            <span>{choice.label}</span>
            <span>{choice.about}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p role="status">
          {more === null
            ? trans.__('Looking…')
            : text
              ? trans.__('Nothing matches “%1”.', text)
              : empty}
        </p>
      )}
    </div>
  );
}

/** null until they have come. */
function useMore<T>(
  given: IPickOptions<T>['more']
): readonly IChoice<T>[] | null {
  const [more, setMore] = React.useState<readonly IChoice<T>[] | null>(
    given ? null : []
  );
  React.useEffect(() => {
    let isWanted = true;
    void given?.then(found => {
      if (isWanted) {
        setMore(found);
      }
    });
    return () => {
      isWanted = false;
    };
  }, [given]);
  return more;
}

/** What begins with the text first, then what has it in its name. */
function matching<T>(
  choices: readonly IChoice<T>[],
  text: string
): IChoice<T>[] {
  const typed = text.trim().toLowerCase();
  const words = typed.split(/\s+/);
  const rank = ({ label, about }: IChoice<T>): number => {
    const name = label.toLowerCase();
    const all = `${name} ${about.toLowerCase()}`;
    return name.startsWith(typed)
      ? 0
      : words.every(word => name.includes(word))
        ? 1
        : words.every(word => all.includes(word))
          ? 2
          : 3;
  };
  return choices
    .filter(choice => rank(choice) < 3)
    .sort((a, b) => rank(a) - rank(b));
}
