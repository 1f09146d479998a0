import type { Run } from '@jupyterlab-deep/protocol';
import {
  HEAD_BYTES,
  recogniseBytes
} from '@jupyterlab-deep/protocol/lib/results';
import type { InferenceClient } from '../client';
import type { IInputPicture } from './viewContext';

const PICTURE_NAME = /\.(png|jpe?g|jfif|gif|webp|bmp|avif)$/i;
const OTHER_NAME =
  /\.(wav|mp3|ogg|flac|m4a|mp4|avi|mov|mkv|webm|zip|gz|tar|csv|tsv|json|txt|pdf|npy|npz|h5|nc)$/i;

/** More is not fetched to be drawn on. */
const MOST_BYTES = 200_000_000;

/** The file of a run that its answer is about, if it is a picture: the first with a picture's name, else the first that may be one. */
export function inputPicture(
  run: Run,
  client: InferenceClient
): IInputPicture | null {
  const candidates = run.inputs.filter(
    ({ name, sizeBytes }) => !OTHER_NAME.test(name) && sizeBytes <= MOST_BYTES
  );
  const input =
    candidates.find(({ name }) => PICTURE_NAME.test(name)) ?? candidates[0];
  return input
    ? {
        run,
        name: input.name,
        load: () => loadPicture(client, run.id, input.argument)
      }
    : null;
}

/** Null for what is no picture after all. */
async function loadPicture(
  client: InferenceClient,
  run: string,
  argument: string
): Promise<Blob | null> {
  const blob = await client.getInput(run, argument);
  const head = new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer());
  const { medium, contentType } = recogniseBytes(head, blob.type);
  return medium === 'picture' ? new Blob([blob], { type: contentType }) : null;
}
