/** One event of a stream of server-sent events. */
export interface IServerEvent {
  /** From where a later stream can resume; empty when the event has none. */
  id: string;
  event: string;

  /** Empty for a block that only tells an id. */
  data: string;
}

/**
 * The events of a response, as they arrive.
 *
 * @param silenceMs - ends with an error when nothing, not even a heartbeat, arrives for so long:
 *   a connection that a sleeping laptop lost is never closed by the other side.
 */
export async function* readServerEvents(
  response: Response,
  silenceMs: number
): AsyncGenerator<IServerEvent> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await withinMs(reader.read(), silenceMs);
      if (done) {
        return;
      }
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop()!;
      for (const block of blocks) {
        for (const event of parseBlock(block)) {
          yield event;
        }
      }
    }
  } finally {
    // The stream may be broken already, which is then why we leave.
    reader.cancel().catch(() => undefined);
  }
}

/** Nothing for a block that holds only comments, such as the heartbeat. */
function parseBlock(block: string): IServerEvent[] {
  const fields: Record<string, string[]> = {};
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name) {
      (fields[name] ??= []).push(value ?? '');
    }
  }
  const { id = [''], event = ['message'], data = [] } = fields;
  return fields.id || fields.data
    ? [{ id: id[0], event: event[0], data: data.join('\n') }]
    : [];
}

function withinMs<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`silent for ${limitMs} ms`)),
      limitMs
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
