import type { Problem } from '@jupyterlab-deep/protocol';
import { IAttempt, transportFailure } from './failures';
import { parseJson } from './json';
import { IWire, makeDispatcher } from './network';
import { answeredFailure } from './refusals';

/** What our own runtime says of a training while it goes on; DEEPaaS has nothing like it. */
export type ITrainingEvent = { id: number; at: string } & (
  | {
      event: 'progress';
      phase: string;
      done: number;
      total: number;
      unit: string;
    }
  | { event: 'metrics'; step: number; values: Record<string, number> }
  | { event: 'log'; text: string }
  | {
      event: 'end';
      training: {
        status: string;
        message?: string;
        problem?: Problem;
        result?: { output: unknown };
      };
    }
);

const SILENCE_MS = 60_000;

/**
 * The events of a training from the one after `after` on; ends after its `end`, or when the connection is cut.
 *
 * @throws DeepError `not-found`, `module-unreachable`, `timeout`, `cancelled`
 */
export async function* trainingEvents(
  wire: IWire,
  path: string,
  after: number | undefined,
  attempt: IAttempt
): AsyncGenerator<ITrainingEvent> {
  const dispatcher = await makeDispatcher(wire);
  try {
    const { endpoint, token } = wire;
    const { statusCode, headers, body } = await dispatcher.request({
      origin: endpoint.origin,
      path: after === undefined ? path : `${path}?after=${after}`,
      method: 'GET',
      headers: {
        accept: 'text/event-stream',
        ...(token ? { authorization: `Bearer ${token}` } : {})
      },
      signal: attempt.signal,
      // A heartbeat comes every quarter of a minute.
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS
    });
    if (statusCode !== 200) {
      const answer = Buffer.from(await body.arrayBuffer());
      throw answeredFailure(
        { status: statusCode, headers, body: answer },
        attempt
      );
    }
    let held = '';
    body.setEncoding('utf8');
    for await (const piece of body) {
      held += piece;
      const blocks = held.split('\n\n');
      held = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data) {
          yield parseJson(data) as ITrainingEvent;
        }
      }
    }
  } catch (error) {
    throw transportFailure(error, attempt);
  } finally {
    await dispatcher.destroy();
  }
}
