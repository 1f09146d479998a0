import * as React from 'react';

const TICK_MS = 1000;

/** `7 s`, `2:05`, `1:02:05`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** The present, told anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The time since a moment, counting. A screen reader is not told each second. */
export function Elapsed({ since }: { since: Date | string }): JSX.Element {
  const now = useNow(TICK_MS);
  const start = new Date(since);
  return (
    <time
      aria-hidden="true"
      className="jp-DeepShared-elapsed"
      title={start.toLocaleString()}
    >
      {formatElapsed(now - start.getTime())}
    </time>
  );
}

/** `2 hours ago`, in the language of the page. */
export function formatAgo(moment: Date, now = Date.now()): string {
  const seconds = Math.round((moment.getTime() - now) / 1000);
  const locale = document.documentElement.lang || undefined;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const steps: Array<[Intl.RelativeTimeFormatUnit, number]> = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60]
  ];
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step
    ? words.format(Math.round(seconds / step[1]), step[0])
    : words.format(0, 'second');
}
