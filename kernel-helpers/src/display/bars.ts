import { escapeHtml, IMimeBundle } from './bundle';

/** A name with its share, 0 to 1. */
export interface IBar {
  label: string;
  /** 0 to 1; what lies outside is drawn at the border. */
  value: number;
}

const MAX_BARS = 50;
const TEXT_WIDTH = 30;

/** Shares as bars, in the order given. */
export function barsBundle(bars: readonly IBar[]): IMimeBundle {
  const shown = bars.slice(0, MAX_BARS);
  const more =
    bars.length > shown.length
      ? `… and ${bars.length - shown.length} more`
      : '';
  return {
    'text/plain': [...shown.map(textLine(shown)), more]
      .filter(Boolean)
      .join('\n'),
    'text/html': barsHtml(shown, more)
  };
}

const share = ({ value }: IBar): number =>
  Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;

const percent = ({ value }: IBar): string =>
  Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : String(value);

function textLine(bars: readonly IBar[]): (bar: IBar) => string {
  const width = Math.max(0, ...bars.map(({ label }) => label.length));
  return bar => {
    const filled = '█'.repeat(Math.round(share(bar) * TEXT_WIDTH));
    return `${bar.label.padEnd(width)}  ${percent(bar).padStart(7)}  ${filled}`.trimEnd();
  };
}

function barsHtml(bars: readonly IBar[], more: string): string {
  const rows = bars.map(bar => {
    const width = (share(bar) * 100).toFixed(1);
    return (
      `<tr><td style="padding:2px 10px 2px 0;text-align:left">${escapeHtml(bar.label)}</td>` +
      '<td style="width:16em;padding:2px 0;text-align:left">' +
      `<div aria-hidden="true" style="width:${width}%;min-width:1px;height:0.9em;border-radius:2px;background:var(--jp-brand-color1,#1976d2)"></div></td>` +
      `<td style="padding:2px 0 2px 10px;text-align:right">${percent(bar)}</td></tr>`
    );
  });
  const rest = more ? `<p>${escapeHtml(more)}</p>` : '';
  return `<table style="border-collapse:collapse"><tbody>${rows.join('')}</tbody></table>${rest}`;
}
