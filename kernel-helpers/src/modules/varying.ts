import { DeepError } from '@jupyterlab-deep/protocol';
import type { IModuleDescription } from '../deepaas';
import { asGlob, IGlob } from '../files/glob';

/** The file argument that names many files, and the arguments that stay the same. */
export interface IVarying {
  argument: string;
  files: IGlob | readonly string[];
  rest: Record<string, unknown>;
}

/**
 * Find the argument that stands for many files: a folder, a glob, or a list of paths.
 *
 * @throws DeepError `invalid-arguments` unless exactly one does.
 */
export function varyingIn(
  args: Record<string, unknown>,
  { predict }: IModuleDescription
): IVarying {
  const names = Object.keys(args).filter(
    name => predict.properties?.[name]?.format === 'file'
  );
  const many = names.flatMap(argument => {
    const files = manyIn(args[argument]);
    return files ? [{ argument, files }] : [];
  });
  if (many.length !== 1) {
    throw notOne(names, many.length);
  }
  const [{ argument, files }] = many;
  const { [argument]: _varying, ...rest } = args;
  return { argument, files, rest };
}

function manyIn(value: unknown): IGlob | readonly string[] | undefined {
  if (typeof value === 'string') {
    return asGlob(value);
  }
  const isList =
    Array.isArray(value) && value.every(each => typeof each === 'string');
  return isList ? value : undefined;
}

function notOne(names: string[], found: number): DeepError {
  const says =
    found === 0
      ? 'None of the arguments names many files.'
      : 'More than one argument names many files; one may.';
  return new DeepError('invalid-arguments', says, {
    hint: `Give a folder or a glob such as 'photos/*.jpg' for one of: ${names.join(', ') || 'no argument takes a file'}.`,
    fields: Object.fromEntries(names.map(name => [name, [says]]))
  });
}
