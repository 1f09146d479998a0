import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount } from './numbers';

/** Children at a time. */
const STEP = 100;
const MOST_CHARACTERS = 500;

/** Values with more children than these are closed at first. */
const OPEN_UP_TO = 20;

interface INodeProps {
  name: string | null;
  value: unknown;
  depth: number;
  trans: TranslationBundle;
}

/** JSON to be opened step by step: what is closed costs nothing. */
export function JsonTree(props: Omit<INodeProps, 'name' | 'depth'>) {
  return (
    <div className="jp-DeepResults-tree">
      <Node {...props} name={null} depth={0} />
    </div>
  );
}

function Node(props: INodeProps): JSX.Element {
  const { name, value, trans } = props;
  if (typeof value === 'object' && value !== null) {
    return <Branch {...props} value={value} />;
  }
  const text = leafText(value);
  const isCut = text.length > MOST_CHARACTERS;
  return (
    <div>
      <Name name={name} />
      <code data-type={typeof value}>
        {isCut ? `${text.slice(0, MOST_CHARACTERS)}…` : text}
      </code>
      {isCut && (
        <span className="jp-DeepResults-count">
          {trans.__('%1 characters', formatCount(text.length))}
        </span>
      )}
    </div>
  );
}

const leafText = (value: unknown): string =>
  typeof value === 'string' ? `"${value}"` : String(value);

function Name({ name }: { name: string | null }): JSX.Element | null {
  return name === null ? null : (
    <span className="jp-DeepResults-name">{name}: </span>
  );
}

function Branch(props: INodeProps & { value: object }): JSX.Element {
  const { name, value, depth, trans } = props;
  const keys = React.useMemo(() => keysOf(value), [value]);
  const total = Array.isArray(value) ? value.length : keys.length;
  const [isOpen, setOpen] = React.useState(
    depth === 0 || (depth === 1 && total <= OPEN_UP_TO)
  );
  const [count, setCount] = React.useState(STEP);
  const label = Array.isArray(value)
    ? `[${formatCount(total)}]`
    : `{${formatCount(total)}}`;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        disabled={total === 0}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>{' '}
        <Name name={name} />
        <span className="jp-DeepResults-count">{label}</span>
      </button>
      {isOpen && (
        <div className="jp-DeepResults-children">
          {childrenOf(value, keys, count).map(([key, child]) => (
            <Node
              key={key}
              name={key}
              value={child}
              depth={depth + 1}
              trans={trans}
            />
          ))}
          {total > count && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => setCount(count + STEP)}
            >
              {trans.__(
                'Show more (%1 of %2)',
                formatCount(count),
                formatCount(total)
              )}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Of a record; a list has places instead. */
const keysOf = (value: object): string[] =>
  Array.isArray(value) ? [] : Object.keys(value);

function childrenOf(
  value: object,
  keys: readonly string[],
  count: number
): [string, unknown][] {
  return Array.isArray(value)
    ? value.slice(0, count).map((child, index) => [String(index), child])
    : keys
        .slice(0, count)
        .map(key => [key, (value as Record<string, unknown>)[key]]);
}
