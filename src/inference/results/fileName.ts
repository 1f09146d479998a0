import type { Run } from '@jupyterlab-deep/protocol';

/** The last part of a name that others chose: it must not choose a folder. */
export function ownName(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  const clean = last.replace(/[\u0000-\u001f\u007f]/g, '_').slice(-200);
  return ['', '.', '..'].includes(clean) ? 'file' : clean;
}

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/x-msvideo': 'avi',
  'application/gzip': 'gz',
  'application/x-npy': 'npy',
  'application/octet-stream': 'bin',
  'text/plain': 'txt',
  'text/tab-separated-values': 'tsv'
};

/** How files of a type usually end, without the dot. */
export const endingOf = (contentType: string): string =>
  ENDINGS[contentType] ?? contentType.split('/')[1]?.split('+').pop() ?? 'bin';

/** What an answer is called when it is saved: as the module says, else after the input and the module. */
export function filenameOf(
  run: Pick<Run, 'module' | 'inputs' | 'result'>,
  { contentType }: { contentType: string }
): string {
  const said = run.result?.filename;
  if (said) {
    return ownName(said);
  }
  const [input] = run.inputs;
  const stem = input ? ownName(input.name).replace(/\.[^.]*$/, '') : 'answer';
  const module = run.module?.split('/').pop() ?? 'module';
  return ownName(`${stem}-${module}.${endingOf(contentType)}`);
}
