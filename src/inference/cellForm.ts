import type { CellFile, CellForm } from '@jupyterlab-deep/protocol';
import type { ILeftOut } from '@jupyterlab-deep/protocol/lib/cellCode';
import { formOfCode } from '@jupyterlab-deep/protocol/lib/cellReading';
import { PathExt } from '@jupyterlab/coreutils';
import type { ChosenFile } from './chosenFile';
import { ACCEPT, IFormPlan } from './formSchema';

export type Language = CellForm['language'];

/** What a form holds, as far as a cell is concerned. */
export interface IFormContent {
  /** Module id. */
  module: string;

  /** Without files, and without what the module would take anyway. */
  arguments: Record<string, unknown>;

  /** With the choice of the answer's media type. */
  values: Record<string, unknown>;
  files: ReadonlyMap<string, ChosenFile>;
  plan: IFormPlan | null;
}

/** The form as a cell of a notebook in the folder holds it, and what no cell can hold. */
export function cellFormOf(
  { module, arguments: args, values, files, plan }: IFormContent,
  language: Language,
  folder: string
): { form: CellForm; leftOut: ILeftOut } {
  const isSecret = (name: string) => plan?.secrets.includes(name) ?? false;
  const accept = values[ACCEPT];
  const choice = plan?.schema.properties?.[ACCEPT];
  const isChosen =
    typeof accept === 'string' &&
    !(typeof choice === 'object' && choice.default === accept);
  const given = Object.entries(args);
  const form: CellForm = {
    version: 1,
    module,
    language,
    arguments: Object.fromEntries(given.filter(([name]) => !isSecret(name))),
    files: cellFiles(files, folder),
    ...(isChosen && { accept })
  };
  const unreachable = [...files].flatMap(([argument, file]) =>
    file.kind === 'browser' ? [[argument, file.name]] : []
  );
  return {
    form,
    leftOut: {
      secrets: given.map(([name]) => name).filter(isSecret),
      unreachable: Object.fromEntries(unreachable)
    }
  };
}

/** How the files of the form are named in a notebook of the folder; files of the computer are left out. */
function cellFiles(
  files: ReadonlyMap<string, ChosenFile>,
  folder: string
): Record<string, CellFile> {
  const named = [...files].flatMap(([argument, file]) => {
    const found = cellFileOf(file, folder);
    return found ? [[argument, found] as const] : [];
  });
  return Object.fromEntries(named);
}

function cellFileOf(file: ChosenFile, folder: string): CellFile | null {
  switch (file.kind) {
    case 'jupyter': {
      const path = PathExt.relative(`/${folder}`, `/${file.path}`);
      return { from: 'path', path };
    }
    case 'url':
      return { from: 'url', url: file.url };
    case 'example':
      return { from: 'example', example: file.example };
    case 'browser':
      return null;
  }
}

/** A form that was read from a cell. */
export interface ICellReading {
  form: CellForm;

  /** Whether the code says so; else it could not be read, and its metadata do. */
  isOfCode: boolean;
}

/** The form that a cell was made of, with the values that its code has now; null of any other cell. */
export function readCell(
  metadata: unknown,
  source: string
): ICellReading | null {
  if (!isCellForm(metadata)) {
    return null;
  }
  const form = formOfCode(source, metadata);
  return { form: form ?? metadata, isOfCode: form !== null };
}

/** Whether the metadata of a cell are a form; they may come from anywhere. */
export function isCellForm(metadata: unknown): metadata is CellForm {
  const { version, module, language, accept, ...rest } = asObject(metadata);
  return (
    version === 1 &&
    typeof module === 'string' &&
    (language === 'typescript' || language === 'python') &&
    (accept === undefined || typeof accept === 'string') &&
    isObject(rest.arguments) &&
    isObject(rest.files) &&
    Object.values(rest.files).every(isCellFile)
  );
}

function isCellFile(value: unknown): boolean {
  const { from, path, url, example } = asObject(value);
  const named = { path, url, example };
  return (
    typeof from === 'string' &&
    Object.hasOwn(named, from) &&
    typeof named[from as keyof typeof named] === 'string'
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asObject = (value: unknown): Record<string, unknown> =>
  isObject(value) ? value : {};
