import { mkdirSync } from 'node:fs';
import { TestHome } from '../../__tests__/home';
import { EventStream } from '../../http/events';
import { openStore } from '../../store/database';
import { Store } from '../../store/store';
import { IRunInput, RunJournal } from '../journal';
import { saveResult } from '../results';
import { Running } from '../running';

/** Record and runs over a store of their own, without modules. */
export class RunsHere {
  static async open(home: TestHome): Promise<RunsHere> {
    mkdirSync(home.store, { recursive: true });
    const { database } = await openStore(home.store);
    return new RunsHere(new Store(home.store, database));
  }

  private constructor(readonly store: Store) {
    this.journal = new RunJournal(store, new EventStream());
    this.running = new Running(this.journal);
  }

  readonly journal: RunJournal;
  readonly running: Running;

  begin(inputs: IRunInput[] = []): string {
    const about = {
      kind: 'prediction' as const,
      title: 't',
      module: 'm/n',
      arguments: {}
    };
    return this.journal.create(RunJournal.newId(), about, inputs).id;
  }

  /** A run with a result of so many bytes. */
  async ended(sizeBytes: number, inputs: IRunInput[] = []): Promise<string> {
    const id = this.begin(inputs);
    await this.running.carryOut(id, async () => ({
      result: await saveResult(this.store, id, {
        contentType: 'text/plain',
        content: Buffer.alloc(sizeBytes)
      })
    }));
    return id;
  }
}
