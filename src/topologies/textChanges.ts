/** A piece of the old text that becomes another. */
export interface ITextChange {
  start: number;
  end: number;
  text: string;
}

/** Beyond this many pairs of lines the middle is changed as a whole: comparing would be felt. */
const MOST_PAIRS = 2_000_000;

/**
 * What has to change for the old text to become the new one, line by line and from the last to the first, so that each
 * can be done on what the one before left. Small changes: what another person edits elsewhere in the document stays.
 */
export function textChanges(before: string, after: string): ITextChange[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) {
    head++;
  }
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail++;
  }
  const offsets = offsetsOf(old);
  return hunks(
    old.slice(head, old.length - tail),
    now.slice(head, now.length - tail)
  )
    .map(({ from, to, lines }) => ({
      start: offsets[head + from],
      end: offsets[head + to],
      text: lines.join('')
    }))
    .reverse();
}

/** Each with its line break. */
const linesOf = (text: string): string[] =>
  text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function offsetsOf(lines: readonly string[]): number[] {
  const offsets = [0];
  for (const line of lines) {
    offsets.push(offsets[offsets.length - 1] + line.length);
  }
  return offsets;
}

interface IHunk {
  from: number;
  to: number;
  lines: string[];
}

function hunks(old: readonly string[], now: readonly string[]): IHunk[] {
  if (old.length === 0 && now.length === 0) {
    return [];
  }
  if (old.length * now.length > MOST_PAIRS) {
    return [{ from: 0, to: old.length, lines: [...now] }];
  }
  const common = commonLengths(old, now);
  const found: IHunk[] = [];
  let i = 0;
  let j = 0;
  let isOpen = false;
  const open = () => {
    if (!isOpen) {
      found.push({ from: i, to: i, lines: [] });
      isOpen = true;
    }
    return found[found.length - 1];
  };
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      isOpen = false;
      i++;
      j++;
    } else if (
      j < now.length &&
      (i === old.length || common[i][j + 1] >= common[i + 1][j])
    ) {
      open().lines.push(now[j++]);
    } else {
      open().to = ++i;
    }
  }
  return found;
}

/** Of each pair of ends: how many lines they have in common, in order. */
function commonLengths(
  old: readonly string[],
  now: readonly string[]
): Uint32Array[] {
  const table = Array.from(
    { length: old.length + 1 },
    () => new Uint32Array(now.length + 1)
  );
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      table[i][j] =
        old[i] === now[j]
          ? table[i + 1][j + 1] + 1
          : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}
