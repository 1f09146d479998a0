import type { NotebookReply } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection } from '@jupyterlab/services';
import { cellFormOf, IFormContent, Language } from './cellForm';
import type { InferenceClient } from './client';

/** Names tried before a folder is called full. */
const MOST_NAMES = 1000;

/**
 * Save a notebook under its suggested name, or the next free one: never over a file.
 *
 * @param folder - with its drive's name, where it has one.
 * @returns the path of the notebook.
 */
export async function saveNotebook(
  contents: Contents.IManager,
  folder: string,
  { filename, notebook }: NotebookReply
): Promise<string> {
  const { path } = await contents.newUntitled({
    path: folder,
    type: 'notebook'
  });
  try {
    await contents.save(path, {
      type: 'notebook',
      format: 'json',
      content: notebook
    });
    return await renameToFree(contents, path, filename);
  } catch (reason) {
    // Half-made, and nobody's: the reason is what the user needs.
    await contents.delete(path).catch(() => undefined);
    throw reason;
  }
}

/** Jupyter refuses to rename onto a file that exists, so that no other tab can be overwritten in between. */
export async function renameToFree(
  contents: Contents.IManager,
  path: string,
  filename: string
): Promise<string> {
  const extension = PathExt.extname(filename);
  const stem = filename.slice(0, filename.length - extension.length);
  for (let number = 0; number < MOST_NAMES; number++) {
    const name = number === 0 ? filename : `${stem}-${number + 1}${extension}`;
    const target = sibling(contents, path, name);
    try {
      return (await contents.rename(path, target)).path;
    } catch (reason) {
      if (!isConflict(reason)) {
        throw reason;
      }
    }
  }
  throw new Error(`${MOST_NAMES} × ${filename}`);
}

function sibling(
  contents: Contents.IManager,
  path: string,
  name: string
): string {
  const drive = contents.driveName(path);
  const folder = PathExt.dirname(contents.localPath(path));
  const local = PathExt.join(folder, name);
  return drive ? `${drive}:${local}` : local;
}

const isConflict = (reason: unknown): boolean =>
  reason instanceof ServerConnection.ResponseError &&
  reason.response.status === 409;

/** Have the service write the notebook, save it in the folder. */
export async function makeNotebook(options: {
  client: InferenceClient;
  contents: Contents.IManager;
  folder: string;
  language: Language;
  content: IFormContent;
}): Promise<string> {
  const { client, contents, folder, language, content } = options;
  const localFolder = contents.localPath(folder);
  const { form, leftOut } = cellFormOf(content, language, localFolder);
  const { version: _, ...request } = form;
  const reply = await client.makeNotebook({
    ...request,
    secrets: [...(leftOut.secrets ?? [])],
    unreachable: leftOut.unreachable
  });
  return saveNotebook(contents, folder, reply);
}
