import * as React from 'react';

/** One tab and what it shows. */
export interface ITab {
  id: string;
  label: string;
  render: () => React.ReactNode;
}

interface ITabsProps {
  /** Unique in the page. */
  idPrefix: string;
  label: string;
  tabs: ITab[];
  current: string;
  onChange: (id: string) => void;
}

/** Tabs with the keyboard paths of the ARIA pattern: arrows, Home, End. */
export function Tabs(props: ITabsProps): JSX.Element {
  const { idPrefix, label, tabs, current, onChange } = props;
  const shown = tabs.find(({ id }) => id === current) ?? tabs[0];
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const target = targetTab(event.key, tabs.indexOf(shown), tabs.length);
    if (target !== null) {
      event.preventDefault();
      onChange(tabs[target].id);
      (event.currentTarget.children[target] as HTMLElement).focus();
    }
  };
  return (
    <>
      <div
        role="tablist"
        aria-label={label}
        className="jp-DeepInference-tabs"
        onKeyDown={onKeyDown}
      >
        {tabs.map(tab => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${idPrefix}-tab-${tab.id}`}
            aria-selected={tab === shown}
            aria-controls={`${idPrefix}-panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${idPrefix}-panel`}
        aria-labelledby={`${idPrefix}-tab-${shown.id}`}
        className="jp-DeepInference-tabPanel"
      >
        {shown.render()}
      </div>
    </>
  );
}

function targetTab(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count;
    case 'ArrowLeft':
      return (index + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
