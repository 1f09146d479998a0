import { randomBytes } from 'node:crypto';
import { ServerResponse } from 'node:http';
import { DeepEvent } from '@jupyterlab-deep/protocol';
import { EventConnection } from './eventConnection';

/** What a reader that was away may have missed and still gets. */
const KEPT_EVENTS = 1_000;

/** One stream of events for all readers, with ids by which a reader goes on where it was cut. */
export class EventStream {
  get connections(): number {
    return this._connections.size;
  }

  publish(event: DeepEvent): void {
    this._last += 1;
    const text = format(this._id(this._last), event);
    this._kept.push(text);
    if (this._kept.length > KEPT_EVENTS) {
      this._kept.shift();
    }
    this._connections.forEach(connection => connection.send(text));
  }

  /**
   * Serve one reader until it leaves or a limit is reached.
   *
   * @param lastEventId The last event that it has seen, if any.
   */
  connect(response: ServerResponse, lastEventId?: string): void {
    const connection: EventConnection = new EventConnection(response, () =>
      this._connections.delete(connection)
    );
    this._connections.add(connection);
    connection.send(this._greeting(lastEventId));
  }

  /** End every stream: readers come back with the id of their last event. */
  close(): void {
    this._connections.forEach(connection => connection.end());
  }

  private _greeting(lastEventId?: string): string {
    if (!lastEventId) {
      // An id without data lets a reader resume before it has seen any event.
      return `id: ${this._id(this._last)}\n\n`;
    }
    const missed = this._missedAfter(lastEventId);
    const reset: DeepEvent = {
      event: 'reset',
      data: { reason: 'Some events are no longer known.' }
    };
    return missed ?? format(this._id(this._last), reset);
  }

  private _missedAfter(lastEventId: string): string | undefined {
    const [boot, text] = lastEventId.split('-');
    const seen = Number(text);
    const missing = this._last - seen;
    const isKnown = /^\d+$/.test(text ?? '') && missing >= 0;
    if (boot !== this._boot || !isKnown || missing > this._kept.length) {
      return undefined;
    }
    const events = this._kept.slice(this._kept.length - missing);
    return events.join('') || ': nothing missed\n\n';
  }

  private _id(number: number): string {
    return `${this._boot}-${number}`;
  }

  private readonly _boot = randomBytes(6).toString('hex');
  private readonly _kept: string[] = [];
  private readonly _connections = new Set<EventConnection>();
  private _last = 0;
}

const format = (id: string, { event, data }: DeepEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
