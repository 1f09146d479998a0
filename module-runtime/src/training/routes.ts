import { type IncomingMessage, type ServerResponse } from 'node:http';
import { sendFailure } from '../failure';
import { type IModule } from '../module';
import { readBody } from '../readBody';
import { sendJson, sendStatus } from '../replies';
import type { Handler, Methods } from '../router';
import { type NumberedEvent, type Training, type Trainings } from './trainings';

const HEARTBEAT_MS = 15_000;

/** The last part of the path, or the one before `/events`. */
function uuidOf(request: IncomingMessage): string {
  const [path] = request.url!.split('?');
  const parts = path.replace(/\/events$/, '').split('/');
  return parts.at(-1)!;
}

/** `POST …/train/`: arguments in the query or the body, the query's first. */
async function start(
  module: IModule,
  trainings: Trainings,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams
): Promise<void> {
  const body = await readBody(request, module.maxUploadBytes);
  try {
    const values = Object.fromEntries(
      trainings.arguments.map(({ name }) => [
        name,
        query.get(name) ?? body.fields.get(name)
      ])
    );
    const training = await trainings.start(values);
    sendJson(response, 200, training.object);
  } catch (error) {
    await sendFailure(module, request, response, error);
  } finally {
    await body.dispose();
  }
}

/** Server-sent events from the one after `after` (or `Last-Event-ID`) on; ends with the training. */
function sendEvents(
  training: Training,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams
): void {
  const last = query.get('after') ?? request.headers['last-event-id'];
  const after = last === undefined || last === '' ? -1 : Number(last);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store'
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  const send = (event: NumberedEvent): void => {
    response.write(
      `id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`
    );
    if (event.event === 'end') {
      response.end();
    }
  };
  const stop = training.listen(Number.isFinite(after) ? after : -1, send);
  response.once('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}

/** Routes below `…/train/`, as DEEPaaS has them, and the events of a training beside. */
export function trainingRoutes(
  module: IModule,
  base: string
): [string, Methods][] {
  const { trainings, name } = module;
  if (!trainings) {
    const reason = `Not implemented by underlying model (loaded '${name}')`;
    const none: Handler = (_request, response) => sendStatus(response, 404);
    return [
      [
        base,
        {
          GET: (_request, response) => sendJson(response, 200, []),
          POST: (_request, response) => sendStatus(response, 501, {}, reason)
        }
      ],
      // There never is a training.
      [`${base}{uuid}`, { GET: none, DELETE: none }]
    ];
  }
  const found =
    (
      use: (
        training: Training,
        ...rest: Parameters<Handler>
      ) => void | Promise<void>
    ): Handler =>
    (request, response, query) => {
      const training = trainings.get(uuidOf(request));
      return training
        ? use(training, request, response, query)
        : sendStatus(response, 404);
    };
  return [
    [
      base,
      {
        GET: (_request, response) =>
          sendJson(
            response,
            200,
            trainings.all.map(({ object }) => object)
          ),
        POST: (request, response, query) =>
          start(module, trainings, request, response, query)
      }
    ],
    [
      `${base}{uuid}`,
      {
        GET: found(({ object }, _request, response) =>
          sendJson(response, 200, object)
        ),
        DELETE: found(async ({ object }, _request, response) => {
          await trainings.remove(object.uuid);
          sendJson(response, 200, object);
        })
      }
    ],
    [`${base}{uuid}/events`, { GET: found(sendEvents) }]
  ];
}
