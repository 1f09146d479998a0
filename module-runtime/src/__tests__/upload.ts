import http from 'node:http';
import { ask, type IAnswer, pictureForm } from './client';
import { type ServerProcess } from './server';

const PREDICT = '/v2/models/image-classifier/predict/';
const BEGIN = Buffer.from(
  '--x\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
);
export const END = Buffer.from('\r\n--x--\r\n');

export const predictWith = (
  { address }: ServerProcess,
  picture: Uint8Array,
  fileName?: string
): Promise<IAnswer> =>
  ask(address, {
    method: 'POST',
    path: PREDICT,
    body: pictureForm(picture, {}, fileName)
  });

/** Sends the head of an upload; the file and END are the caller's. Without a size it goes in pieces of unknown number. */
export function beginUpload(
  { address }: ServerProcess,
  fileBytes?: number
): http.ClientRequest {
  const length =
    fileBytes === undefined
      ? { 'Transfer-Encoding': 'chunked' }
      : { 'Content-Length': BEGIN.length + fileBytes + END.length };
  const request = http.request({
    ...address,
    agent: false,
    method: 'POST',
    path: PREDICT,
    headers: { 'Content-Type': 'multipart/form-data; boundary=x', ...length }
  });
  request.write(BEGIN);
  return request;
}
