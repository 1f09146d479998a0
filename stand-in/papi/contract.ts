import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

interface IParameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema: object;
}

interface IOperation {
  operationId: string;
  parameters?: IParameter[];
  security?: unknown[];
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema: object }>;
  };
}

/** The part of an OpenAPI document that is read. */
export interface IDocument {
  paths: Record<string, Record<string, IOperation>>;
  components: object;
}

/** One request, as far as the document has a word on it. */
export interface IRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  contentType: string;
  /** JSON, or the fields of a form by name. */
  body: unknown;
}

/** What the document says to a request. */
export interface IMatch {
  operation: string;
  needsToken: boolean;
  /** Parts of the path by name. */
  path: Record<string, string>;
  /** What is wrong with it, as the framework behind the real one says it; empty when nothing is. */
  wrong: { loc: string[]; msg: string; type: string }[];
}

/** Checks requests by the OpenAPI document of the platform. */
export class Contract {
  constructor(document: IDocument) {
    this._document = document;
    this._ajv.addSchema({ $id: 'document', components: document.components });
  }

  /** Undefined: the document has no such address. */
  match(request: IRequest): IMatch | undefined {
    for (const [template, methods] of Object.entries(this._document.paths)) {
      const path = partsOf(template, request.path);
      const operation = methods[request.method.toLowerCase()];
      if (path && operation) {
        return {
          operation: operation.operationId,
          needsToken: (operation.security ?? []).length > 0,
          path,
          wrong: [
            ...this._wrongQuery(operation, request.query),
            ...this._wrongBody(operation, request)
          ]
        };
      }
    }
    return undefined;
  }

  /** Stricter than the real one, which passes over what it does not know: a test is to hear of it. */
  private _wrongQuery(operation: IOperation, query: URLSearchParams) {
    const known = (operation.parameters ?? []).filter(
      each => each.in === 'query'
    );
    const unknown = [...query.keys()]
      .filter(name => !known.some(each => each.name === name))
      .map(name => problem(['query', name], 'No such parameter', 'unknown'));
    const wrong = known.flatMap(({ name, required, schema }) => {
      const given = query.getAll(name);
      if (given.length === 0) {
        return required
          ? [problem(['query', name], 'Field required', 'missing')]
          : [];
      }
      const isList = JSON.stringify(schema).includes('"array"');
      const check = this._validator(schema);
      return check(isList ? given : literal(given.at(-1)!, schema))
        ? []
        : [problem(['query', name], wordsOf(check), 'invalid')];
    });
    return [...unknown, ...wrong];
  }

  private _wrongBody({ requestBody }: IOperation, request: IRequest) {
    if (!requestBody) {
      return [];
    }
    if (request.body === undefined) {
      return requestBody.required
        ? [problem(['body'], 'Field required', 'missing')]
        : [];
    }
    const type = request.contentType.split(';')[0]!.trim();
    const content = requestBody.content[type];
    if (!content) {
      return [problem(['body'], `Not ${type || 'without type'}`, 'type')];
    }
    const check = this._validator(content.schema);
    return check(request.body)
      ? []
      : [problem(['body'], wordsOf(check), 'invalid')];
  }

  private _validator(schema: object): ValidateFunction {
    const known = this._validators.get(schema);
    const made =
      known ??
      this._ajv.compile(
        JSON.parse(
          JSON.stringify(schema).replaceAll(
            '"#/components/',
            '"document#/components/'
          )
        )
      );
    this._validators.set(schema, made);
    return made;
  }

  private readonly _document: IDocument;
  private readonly _ajv = new Ajv2020({
    strict: false,
    formats: { binary: true }
  });
  private readonly _validators = new Map<object, ValidateFunction>();
}

const problem = (loc: string[], msg: string, type: string) => ({
  loc,
  msg,
  type
});

const wordsOf = ({ errors }: ValidateFunction): string =>
  (errors ?? []).map(({ message }) => message).join('; ');

/** A query has texts only. */
function literal(text: string, schema: object): unknown {
  const isBoolean = JSON.stringify(schema).includes('"boolean"');
  return isBoolean && /^(true|false)$/i.test(text) ? text === 'true' : text;
}

function partsOf(
  template: string,
  path: string
): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  const fits =
    wanted.length === given.length &&
    wanted.every(
      (part, at) => part === given[at] || (part.startsWith('{') && given[at])
    );
  return fits
    ? Object.fromEntries(
        wanted.flatMap((part, at) =>
          part.startsWith('{')
            ? [[part.slice(1, -1), decodeURIComponent(given[at]!)]]
            : []
        )
      )
    : undefined;
}
