import type { CellForm } from '@jupyterlab-deep/protocol';
import { jsonString, jsonText } from '@jupyterlab-deep/protocol/lib/jsonText';
import type { ChosenFile } from './chosenFile';

/** How a program elsewhere asks a module through Jupyter. */
export type SnippetLanguage = 'curl' | CellForm['language'];

/** What a call is made of. No token is among it: a snippet reads one from its environment. */
export interface ICall {
  /** Of the predict route. */
  url: string;
  arguments: Record<string, unknown>;

  /** Names of files by argument. */
  files: Record<string, string>;

  /** Media type of the answer. */
  accept: string;
}

/** The names that the files of a form have for a program elsewhere. */
export const fileNames = (
  files: ReadonlyMap<string, ChosenFile>
): Record<string, string> =>
  Object.fromEntries(
    [...files].map(([argument, { name }]) => [argument, name])
  );

/** The address of a module's API: below Jupyter's own, without anything that its address bar may hold. */
export function predictUrl(
  baseUrl: string,
  deployment: string,
  modelPath: string
): string {
  const { origin, pathname } = new URL(baseUrl);
  const root = `${origin}${pathname.replace(/\/+$/, '')}`;
  const path = modelPath.slice(modelPath.indexOf('/v2/'));
  return `${root}/deep/modules/${encodeURIComponent(deployment)}${path.replace(/\/?$/, '/')}predict/`;
}

/** Code that asks the module, with the token of Jupyter in the environment variable `JUPYTER_TOKEN`. */
export function snippet(language: SnippetLanguage, call: ICall): string {
  switch (language) {
    case 'curl':
      return curl(call);
    case 'python':
      return python(call);
    case 'typescript':
      return typescript(call);
  }
}

/** As JSON where no file goes along: only it can say a dictionary. */
const isMultipart = ({ files }: ICall): boolean =>
  Object.keys(files).length > 0;

/** As a form says them: a list repeats its name. */
const fieldsOf = (args: Record<string, unknown>): Array<[string, string]> =>
  Object.entries(args).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [
      name,
      typeof each === 'string' ? each : jsonText(each)
    ])
  );

function curl(call: ICall): string {
  const fields = fieldsOf({ ...call.arguments, accept: call.accept });
  const files = Object.entries(call.files).map(([name, file]) =>
    quoted(`${name}=@"${file.replace(/["\\]/g, '\\$&')}"`)
  );
  const body = isMultipart(call)
    ? [
        ...files.map(file => `-F ${file}`),
        ...fields.map(
          // Unlike -F it reads no file where a value begins with @ or <.
          ([name, value]) => `--form-string ${quoted(`${name}=${value}`)}`
        )
      ]
    : [
        "-H 'Content-Type: application/json'",
        `-d ${quoted(jsonText({ ...call.arguments, accept: call.accept }))}`
      ];
  return [
    `curl --fail-with-body ${quoted(call.url)}`,
    '-H "Authorization: token $JUPYTER_TOKEN"',
    `-H ${quoted(`Accept: ${call.accept}`)}`,
    ...body
  ].join(' \\\n  ');
}

/** One word for a shell, whatever it holds. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function python(call: ICall): string {
  const values = pythonValues({ ...call.arguments, accept: call.accept });
  const files = Object.entries(call.files).map(
    ([name, file]) =>
      `        ${jsonString(name)}: open(${jsonString(file)}, "rb"),`
  );
  const body = isMultipart(call)
    ? ['    data=values,', '    files={', ...files, '    },']
    : ['    json=values,'];
  return [
    'import json',
    'import os',
    '',
    'import requests',
    '',
    `values = json.loads(r'''${values}''')`,
    'reply = requests.post(',
    `    ${jsonString(call.url)},`,
    '    headers={',
    '        "Authorization": f"token {os.environ[\'JUPYTER_TOKEN\']}",',
    `        "Accept": ${jsonString(call.accept)},`,
    '    },',
    ...body,
    ')',
    'reply.raise_for_status()',
    isJson(call) ? 'print(reply.json())' : 'content = reply.content'
  ].join('\n');
}

const pythonValues = (values: object): string =>
  jsonText(values).replaceAll("'''", '\\u0027\\u0027\\u0027');

const isJson = ({ accept }: ICall): boolean => accept === 'application/json';

function typescript(call: ICall): string {
  const { accept, arguments: args } = call;
  const files = Object.entries(call.files).map(
    ([name, file]) =>
      `body.append(${jsonString(name)}, await openAsBlob(${jsonString(file)}), ${jsonString(file)});`
  );
  const fields = fieldsOf({ ...args, accept }).map(
    ([name, value]) => `body.append(${jsonString(name)}, ${jsonString(value)});`
  );
  const body = isMultipart(call)
    ? ['const body = new FormData();', ...files, ...fields]
    : [`const body = JSON.stringify(${jsonText({ ...args, accept })});`];
  return [
    ...(files.length > 0 ? ["import { openAsBlob } from 'node:fs';", ''] : []),
    ...body,
    `const reply = await fetch(${jsonString(call.url)}, {`,
    "  method: 'POST',",
    '  headers: {',
    '    Authorization: `token ${process.env.JUPYTER_TOKEN}`,',
    ...(isMultipart(call) ? [] : ["    'Content-Type': 'application/json',"]),
    `    Accept: ${jsonString(accept)}`,
    '  },',
    '  body',
    '});',
    'if (!reply.ok) {',
    '  throw new Error(await reply.text());',
    '}',
    isJson(call)
      ? 'console.log(await reply.json());'
      : 'const content = await reply.arrayBuffer();'
  ].join('\n');
}
