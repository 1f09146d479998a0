import type { InferenceClient } from './client';

/** `UPLOAD_PIECE_BYTES` of the protocol, which the browser does not load: the door buffers each piece. */
const PIECE_BYTES = 8 * 1024 * 1024;

interface IUploadOptions {
  file: Blob;
  filename: string;
  signal: AbortSignal;
  onProgress: (sentBytes: number) => void;
}

/**
 * Send a file in pieces, each acknowledged.
 *
 * @returns the upload's id.
 */
export async function uploadInPieces(
  client: InferenceClient,
  { file, filename, signal, onProgress }: IUploadOptions
): Promise<string> {
  const contentType = file.type || undefined;
  const sizeBytes = file.size;
  let upload = await client.createUpload({ filename, sizeBytes, contentType });
  while (upload.receivedBytes < sizeBytes) {
    if (signal.aborted) {
      throw signal.reason;
    }
    const from = upload.receivedBytes;
    const piece = file.slice(from, from + PIECE_BYTES);
    upload = await client.sendPiece(upload.id, from, piece, signal);
    onProgress(upload.receivedBytes);
  }
  return upload.id;
}
