import { DeepError } from '@jupyterlab-deep/protocol';
import { IBody, makeForm } from './multipart';
import type { IOperationArguments } from './swagger';
import type { FileSource } from './types';

/** What one call carries. */
export interface IMessage {
  /** With its question mark, or empty. */
  query: string;
  headers: Record<string, string>;
  body: IBody;
}

/** Above it servers may refuse the line: aiohttp does from 8190 on, with the path in it. */
const MAX_QUERY_BYTES = 2048;

/**
 * Put each argument where its module looks for it: a form when there are files or arguments that are taken from a form alone, else
 * JSON, which alone can carry objects.
 *
 * @throws DeepError `invalid-arguments` when a form and JSON are both needed; `not-found` for a missing file.
 */
export async function makeMessage(
  args: Record<string, unknown>,
  files: Record<string, FileSource>,
  { schema, places }: IOperationArguments
): Promise<IMessage> {
  const named = Object.entries(args);
  const inHeader = named.filter(([name]) => places[name] === 'header');
  const inBody = named.filter(([name]) => places[name] !== 'header');
  const fileParts = Object.entries(files);
  const formOnly = inBody.find(([name]) => places[name] === 'form')?.[0];
  const formReason = fileParts.length > 0 ? 'a file' : formOnly;
  return {
    query: queryOf(
      named.filter(
        ([name, value]) => !places[name] && isOpen(value, schema, name)
      )
    ),
    headers: Object.fromEntries(inHeader.map(headerOf)),
    body:
      formReason === undefined
        ? jsonBody(Object.fromEntries(inBody))
        : await makeForm(
            inBody.flatMap(([name, value]) => {
              const usual = schema.properties?.[name]?.default;
              return fieldsOf(name, value, {
                isJsonOnly: places[name] === 'json',
                hasUsualItems: Array.isArray(usual) && usual.length > 0,
                beside: formReason
              });
            }),
            fileParts
          )
  };
}

function jsonBody(args: Record<string, unknown>): IBody {
  const payload = Buffer.from(JSON.stringify(args));
  return {
    contentType: 'application/json',
    sizeBytes: payload.length,
    payload
  };
}

/**
 * Some modules read an argument from the query alone, and their Swagger looks the same. Numbers, switches and choices tell nothing
 * in an access log, so they go into both; texts, which may be anybody's data, only into the body.
 */
const isOpen = (
  value: unknown,
  schema: IOperationArguments['schema'],
  name: string
): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  Array.isArray(schema.properties?.[name]?.enum);

function queryOf(args: [string, unknown][]): string {
  const texts = args.map(([name, value]): [string, string] => [
    name,
    String(value)
  ]);
  const query = new URLSearchParams(texts).toString();
  return query && query.length <= MAX_QUERY_BYTES ? `?${query}` : '';
}

function headerOf([name, value]: [string, unknown]): [string, string] {
  const text = String(value);
  if (typeof value === 'object' || /[^\x20-\x7e]/.test(text)) {
    const says =
      'This module takes it as a header, which can only carry numbers and plain letters.';
    throw refused(name, says);
  }
  return [name.toLowerCase(), text];
}

interface IForm {
  isJsonOnly: boolean;
  /** Without an item of ours the module takes its own. */
  hasUsualItems: boolean;
  /** Why there is a form. */
  beside: string;
}

function fieldsOf(
  name: string,
  value: unknown,
  { isJsonOnly, hasUsualItems, beside }: IForm
): [string, string][] {
  const items = Array.isArray(value) ? value : [value];
  if (isJsonOnly || items.some(item => typeof item === 'object')) {
    throw refused(
      name,
      `An object cannot be sent together with ${beside}.`,
      'DEEPaaS takes objects only in a JSON body, and files only in a form.'
    );
  }
  if (items.length === 0 && hasUsualItems) {
    throw refused(
      name,
      `An empty list cannot be sent together with ${beside}: the module would take its own list.`
    );
  }
  return items.map(item => [name, String(item)]);
}

const refused = (name: string, says: string, hint?: string): DeepError =>
  new DeepError('invalid-arguments', `${name}: ${says}`, {
    hint,
    fields: { [name]: [says] }
  });
