import type * as React from 'react';

const TITLE = '.jp-DeepDeployments-title';
const ROW = '[data-deep-deployment]';

/** Of the row that the button belongs to. */
export const focusTitle = (button: HTMLElement): void =>
  button.closest(ROW)?.querySelector<HTMLElement>(TITLE)?.focus();

/** Arrow keys go from row to row, Escape from the buttons of a row to its title. */
export function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const row = (event.target as HTMLElement).closest(ROW);
  if (!row) {
    return;
  }
  const title = row.querySelector<HTMLElement>(TITLE);
  // What is folded has no place on the page.
  const titles = [
    ...event.currentTarget.querySelectorAll<HTMLElement>(TITLE)
  ].filter(each => !each.closest('details:not([open])'));
  const target =
    event.key === 'Escape'
      ? title
      : titles[targetIndex(event.key, titles.indexOf(title!), titles.length)];
  if (target) {
    event.preventDefault();
    event.stopPropagation();
    target.focus();
  }
}

/** −1 is nowhere. */
function targetIndex(key: string, index: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, count - 1);
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}
