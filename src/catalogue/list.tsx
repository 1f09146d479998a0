import type { ModuleCard as IModuleCard } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ModuleCard } from './card';
import type { Favourites } from './favourites';

interface IModuleListProps {
  modules: readonly IModuleCard[];
  /** The search that the list answers; tests and assistive technology learn by it that it is up to date. */
  text: string;
  favourites: Favourites;
  trans: TranslationBundle;
  onOpen: (id: string) => void;

  /** The user wants the search box: by ↑ from the first card, or by typing. */
  onLeave: () => void;

  /** The end of the list is near. */
  onEnd: () => void;
}

/** So near to its end the list asks for more, px. */
const NEAR_END = 1000;

/** The cards: one stop for Tab, arrow keys inside. */
export const ModuleList = React.forwardRef<HTMLUListElement, IModuleListProps>(
  (props, ref) => {
    const { modules, text, favourites, trans, onOpen, onLeave, onEnd } = props;
    const [currentId, setCurrentId] = React.useState('');
    const index = Math.max(
      0,
      modules.findIndex(({ id }) => id === currentId)
    );
    const onKeyDown = (event: React.KeyboardEvent<HTMLUListElement>) => {
      const items = event.currentTarget.children;
      const target = targetIndex(event.key, index, items.length);
      if (target === -1 || isTyping(event)) {
        onLeave();
      } else if (target !== null) {
        event.preventDefault();
        items[target].querySelector<HTMLElement>('button')?.focus();
      }
    };
    const onScroll = ({ currentTarget }: React.UIEvent<HTMLUListElement>) => {
      const { scrollHeight, scrollTop, clientHeight } = currentTarget;
      if (scrollHeight - scrollTop - clientHeight < NEAR_END) {
        onEnd();
      }
    };
    return (
      <ul
        ref={ref}
        aria-label={trans.__('Modules')}
        className="jp-DeepCatalogue-list"
        data-deep-text={text}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
      >
        {modules.map((module, position) => (
          <ModuleCard
            key={module.id}
            module={module}
            trans={trans}
            isFavourite={favourites.has(module.id)}
            isCurrent={position === index}
            onOpen={() => onOpen(module.id)}
            onFocus={() => setCurrentId(module.id)}
            onFavourite={() => favourites.toggle(module.id)}
          />
        ))}
      </ul>
    );
  }
);
ModuleList.displayName = 'ModuleList';

/** Where a key leads; −1 is above the first card, null is nowhere. */
function targetIndex(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, count - 1);
    case 'ArrowUp':
      return index - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** A printable key: it lands in the search box, which has the focus by then. */
function isTyping({ key, ctrlKey, metaKey, altKey }: React.KeyboardEvent) {
  return key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;
}
