/** A line of one side or of both. */
export interface IDiffLine {
  mine?: string;
  theirs?: string;
  isSame: boolean;
}

/** Beyond this a table of all pairs takes seconds and hundreds of megabytes. */
const MOST_PAIRS = 4_000_000;

/** Two texts side by side, by lines; null where they are too long for that. */
export function diffOf(mine: string, theirs: string): IDiffLine[] | null {
  const a = mine.split('\n');
  const b = theirs.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (
    end < Math.min(a.length, b.length) - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++;
  }
  const middleA = a.slice(start, a.length - end);
  const middleB = b.slice(start, b.length - end);
  if (middleA.length * middleB.length > MOST_PAIRS) {
    return null;
  }
  return [
    ...a.slice(0, start).map(same),
    ...changed(middleA, middleB),
    ...a.slice(a.length - end).map(same)
  ];
}

const same = (line: string): IDiffLine => ({
  mine: line,
  theirs: line,
  isSame: true
});

function changed(a: string[], b: string[]): IDiffLine[] {
  const width = b.length + 1;
  const longest = commonLengths(a, b);
  const lines: IDiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(same(a[i]));
      i++;
      j++;
    } else if (
      j >= b.length ||
      (i < a.length &&
        longest[(i + 1) * width + j] >= longest[i * width + j + 1])
    ) {
      lines.push({ mine: a[i++], isSame: false });
    } else {
      lines.push({ theirs: b[j++], isSame: false });
    }
  }
  return lines;
}

/** At `i * (b.length + 1) + j`: how many lines the rests from `i` and `j` have in common, in order. */
function commonLengths(a: string[], b: string[]): Uint32Array {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  return longest;
}
