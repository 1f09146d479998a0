import { isRecord, textOf } from '../shapes';
import { ITargetAnswer, jsonOf } from '../targetApi';

const MAX_SHOWN = 400;
const LAST_LINES = 12;
/** What the Infrastructure Manager writes before the words that matter. */
const PREFIX =
  /^(Error (Getting|Creating|Destroying|Adding|in)\b[^:]*|Error parsing request body|Error parsing TOSCA template):\s*/i;
const TRACEBACK =
  /^\s*(Traceback \(most recent call last\)|File "[^"]+", line \d+)/;

/** A refusal in its own words: what a person can read, and all of it. */
export interface ISaid {
  words: string;
  /** The rest, behind *Details*; absent where the words are all. */
  technical?: string;
}

/** What an answer of the Infrastructure Manager says; its errors may be 12 kB with a traceback of Python. */
export function saidIn(answer: ITargetAnswer): ISaid {
  const json = jsonOf(answer);
  const message =
    (isRecord(json) ? textOf(json.message) : undefined) ?? answer.text;
  const lines = message.split('\n').map(line => line.trimEnd());
  const start = lines.findIndex(line => line.trim() !== '');
  const end = lines.findIndex(line => TRACEBACK.test(line));
  const first = lines
    .slice(Math.max(start, 0), end === -1 ? undefined : Math.max(end, start))
    .filter(line => line.trim() !== '');
  const whole = withoutPrefix(first.join(' ').replace(/\s+/g, ' '));
  const words =
    whole.length > MAX_SHOWN ? `${whole.slice(0, MAX_SHOWN)} …` : whole;
  const isAll = message.trim().length <= MAX_SHOWN && end === -1;
  return {
    words: words || `status ${answer.status} without words`,
    ...(!isAll && { technical: message })
  };
}

function withoutPrefix(words: string): string {
  const shorter = words.replace(PREFIX, '');
  return shorter === words ? words.trim() : withoutPrefix(shorter);
}

/** The last lines of the log of a configuration, for the reason of a failure. */
export const lastLines = (log: string): string =>
  log
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '' && !/^\*+$/.test(line))
    .slice(-LAST_LINES)
    .join('\n');

const HIDDEN = '••••••';
/** Shorter ones are words of the log as well. */
const MIN_SECRET = 4;

/** A text without the secrets in it. */
export const withoutSecrets = (text: string, secrets: string[]): string =>
  secrets
    .filter(secret => secret.length >= MIN_SECRET)
    .sort((one, other) => other.length - one.length)
    .reduce((all, secret) => all.replaceAll(secret, HIDDEN), text);

/** How much of a growing text may be shown: what may be the beginning of a secret waits for the rest of it. */
export function shownLength(text: string, secrets: string[]): number {
  const longest = Math.max(0, ...secrets.map(({ length }) => length - 1));
  for (let held = Math.min(longest, text.length); held > 0; held--) {
    const end = text.slice(-held);
    if (
      secrets.some(secret => secret.length > held && secret.startsWith(end))
    ) {
      return text.length - held;
    }
  }
  return text.length;
}
