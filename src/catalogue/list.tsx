import type { Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ModuleCard } from './card';

interface IModuleListProps {
  modules: Module[];
  trans: TranslationBundle;
  onOpen: (id: string) => void;

  /** The user wants the search box: by ↑ from the first card, or by typing. */
  onLeave: () => void;
}

/** The cards: one stop for Tab, arrow keys inside. */
export const ModuleList = React.forwardRef<HTMLUListElement, IModuleListProps>(
  (props, ref) => {
    const { modules, trans, onOpen, onLeave } = props;
    const [currentId, setCurrentId] = React.useState('');
    const index = Math.max(
      0,
      modules.findIndex(({ id }) => id === currentId)
    );
    const onKeyDown = (event: React.KeyboardEvent<HTMLUListElement>) => {
      const cards = event.currentTarget.children;
      const target = targetIndex(event.key, index, cards.length);
      if (event.key === 'Enter' && modules[index]) {
        onOpen(modules[index].id);
      } else if (target === -1 || isTyping(event)) {
        onLeave();
      } else if (target !== null) {
        event.preventDefault();
        (cards[target] as HTMLElement).focus();
      }
    };
    return (
      <ul
        ref={ref}
        role="listbox"
        aria-label={trans.__('Modules')}
        className="jp-DeepCatalogue-list"
        onKeyDown={onKeyDown}
      >
        {modules.map((module, position) => (
          <ModuleCard
            key={module.id}
            module={module}
            trans={trans}
            isCurrent={position === index}
            onOpen={() => onOpen(module.id)}
            onFocus={() => setCurrentId(module.id)}
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
