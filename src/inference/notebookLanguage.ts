import type { NotebookPanel } from '@jupyterlab/notebook';

/** What a notebook's kernel speaks: TypeScript, or else Python. */
export function languageOf({
  sessionContext,
  content
}: NotebookPanel): 'typescript' | 'python' {
  const name =
    sessionContext.session?.kernel?.name ??
    sessionContext.kernelPreference.name ??
    '';
  const spec = sessionContext.specsManager.specs?.kernelspecs[name];
  const language = spec?.language ?? content.model?.defaultKernelLanguage ?? '';
  return /typescript|tslab/i.test(`${language} ${name}`)
    ? 'typescript'
    : 'python';
}
