/** Reads sound and runs the network that finds speech in it. */
import { workerData } from 'node:worker_threads';
import { type FileInput } from './inputFile';
import { type INetworkOptions, openNetwork } from './network';
import { type StopFlag } from './stoppable';
import {
  type IVoiceFrames,
  type IVoiceFraming,
  voiceFrames
} from './voiceFrames';
import { type INetworkState, serveNetwork } from './workerNetwork';

export interface IVoiceData {
  network: INetworkOptions;
  threads: number;
  framing: IVoiceFraming;
  maxBytes: number;
}

/** Without a sound the call only waits for the network. */
export interface IVoiceCall {
  sound?: FileInput;
  stop: StopFlag;
}

export type VoiceAnswer = IVoiceFrames | INetworkState;

const { network, threads, framing, maxBytes } = workerData as IVoiceData;

serveNetwork(
  openNetwork(network, threads),
  async (opened, { sound, stop }: IVoiceCall): Promise<VoiceAnswer> =>
    sound === undefined
      ? { backend: opened.backend, detail: opened.detail }
      : voiceFrames(opened, framing, sound, maxBytes, stop)
);
