import { type INetwork } from './network';
import { serveCalls } from './workerSide';

/** What computes, and why. */
export interface INetworkState {
  backend: string;
  detail: string;
}

/** Answers a worker's calls with a network that is being loaded, and releases it at the end. */
export function serveNetwork<A, R>(
  opening: Promise<INetwork>,
  work: (network: INetwork, argument: A) => Promise<R>
): void {
  // Whoever calls gets the failure; without this it would end the process first.
  opening.catch(() => undefined);
  serveCalls<A, R>(
    async argument => ({ value: await work(await opening, argument) }),
    async () => {
      const [opened] = await Promise.allSettled([opening]);
      if (opened.status === 'fulfilled') {
        await opened.value.release();
      }
    }
  );
}
