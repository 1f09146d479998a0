import { type IAnswer } from './client';

/** Types of the values of a JSON document: keys of objects, kinds of what lists hold. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kinds = value.map(item => JSON.stringify(shapeOf(item)));
    return [...new Set(kinds)].sort().map(kind => JSON.parse(kind));
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([k, v]) => [k, shapeOf(v)]));
  }
  return value === null ? 'null' : typeof value;
}

/** Texts are the same word for word, and so is what is said of refused values; of results the shape is. */
function bodyOf(answer: IAnswer): unknown {
  const { headers, status, text } = answer;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    return status === 200 ? shapeOf(answer.json) : answer.json;
  }
  return type.startsWith('text/csv')
    ? text.split('\n').map(line => line.split(',').length)
    : text;
}

/** What a client of the DEEPaaS API can rely on. */
export function observe(answer: IAnswer): object {
  const { status, reason, headers } = answer;
  return {
    status,
    reason,
    type: headers['content-type'],
    location: headers.location,
    allow: headers.allow,
    disposition: headers['content-disposition'],
    cors: headers['access-control-allow-origin'],
    body: bodyOf(answer)
  };
}

export interface IParameter {
  name: string;
  in: string;
  type: string;
  [key: string]: unknown;
}

/** Parameters of a Swagger operation by name, without what is written for people. */
export function parametersOf(
  parameters: IParameter[]
): Record<string, Omit<IParameter, 'description'>> {
  return Object.fromEntries(
    parameters.map(({ description: _description, ...rest }) => [
      rest.name,
      rest
    ])
  );
}
