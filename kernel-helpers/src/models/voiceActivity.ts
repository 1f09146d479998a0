import { DeepError } from '@jupyterlab-deep/protocol';
import { Type } from '@sinclair/typebox';
import { type ArgumentValues, type IArgument } from './arguments';
import { type IModelFolder, readPreprocessor } from './folder';
import { type FileInput, movedInput } from './inputFile';
import { networkOf } from './network';
import { Stoppable } from './stoppable';
import { type ITaskModel, type ITaskOptions } from './task';
import { type IVoiceFrames, VOICE_INPUTS, VOICE_OUTPUTS } from './voiceFrames';
import { type IVoiceSegment, voiceSegments } from './voiceSegments';
import {
  type IVoiceCall,
  type IVoiceData,
  type VoiceAnswer
} from './voiceWorker';
import { type INetworkState } from './workerNetwork';
import { WorkerThread } from './workerThread';

/** Answer of a voice activity detection. */
export interface IVoiceActivity {
  segments: IVoiceSegment[];
  duration_s: number;
  /** Length of all segments together. */
  speech_s: number;
  frame_rate_hz: number;
  /** The file's own. */
  sampling_rate_hz: number;
  /** One a frame, where they were asked for. */
  frame_probabilities?: number[];
}

/** The part of `preprocessor_config.json` that is read. */
const VoicePreprocessor = Type.Object({
  sampling_rate: Type.Integer({ minimum: 1000, maximum: 96_000 }),
  frame_length: Type.Integer({ minimum: 1, maximum: 96_000 }),
  context_length: Type.Optional(Type.Integer({ minimum: 0, maximum: 96_000 }))
});

const DEFAULT_HIDDEN = 128;
const MAX_MS = 60_000;

const ARGUMENTS: IArgument[] = [
  {
    name: 'audio',
    type: 'file',
    required: true,
    description:
      'An audio file: WAV of any sampling rate, mono or stereo, 8 to 32 bits or floating point'
  },
  {
    name: 'threshold',
    type: 'number',
    required: false,
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'How sure the network must be that somebody speaks'
  },
  {
    name: 'min_speech_ms',
    type: 'integer',
    required: false,
    default: 250,
    minimum: 0,
    maximum: MAX_MS,
    description: 'Shorter speech is left out, milliseconds'
  },
  {
    name: 'min_silence_ms',
    type: 'integer',
    required: false,
    default: 100,
    minimum: 0,
    maximum: MAX_MS,
    description: 'Shorter pauses do not end speech, milliseconds'
  },
  {
    name: 'frames',
    type: 'boolean',
    required: false,
    default: false,
    description: 'Answer the probability of each frame too'
  }
];

function checkTensors({ format, inputs, outputs }: IModelFolder): void {
  const fits =
    format === 'onnx' &&
    VOICE_INPUTS.every(name => inputs.includes(name)) &&
    VOICE_OUTPUTS.every(name => outputs.includes(name));
  if (!fits) {
    throw new DeepError(
      'model-invalid',
      `A model for voice-activity-detection is an ONNX model with the inputs ${VOICE_INPUTS.join(', ')} and the outputs ${VOICE_OUTPUTS.join(', ')}; this one has ${inputs.join(', ') || 'none'} and ${outputs.join(', ') || 'none'}.`
    );
  }
}

function answerOf(
  { probabilities, durationS, samplingRateHz }: IVoiceFrames,
  frameS: number,
  args: ArgumentValues
): IVoiceActivity {
  const segments = voiceSegments(probabilities, frameS, durationS, {
    threshold: args.threshold as number,
    minSpeechS: (args.min_speech_ms as number) / 1000,
    minSilenceS: (args.min_silence_ms as number) / 1000
  });
  const speechS = segments.reduce(
    (sum, one) => sum + one.end_s - one.start_s,
    0
  );
  return {
    segments,
    duration_s: Number(durationS.toFixed(3)),
    speech_s: Number(speechS.toFixed(3)),
    frame_rate_hz: 1 / frameS,
    sampling_rate_hz: samplingRateHz,
    ...(args.frames ? { frame_probabilities: [...probabilities] } : {})
  };
}

/** Opens a folder whose network maps frames of sound, and what it remembers, to probabilities of speech. */
export async function openVoiceActivity(
  folder: IModelFolder,
  options: ITaskOptions
): Promise<ITaskModel<IVoiceActivity>> {
  const config = readPreprocessor(folder, VoicePreprocessor);
  checkTensors(folder);
  const framing = {
    samplingRateHz: config.sampling_rate,
    frameLength: config.frame_length,
    contextLength: config.context_length ?? 0,
    hiddenSize: folder.config.hidden_size ?? DEFAULT_HIDDEN
  };
  const worker = new WorkerThread<IVoiceCall, VoiceAnswer>(
    'voiceWorker',
    {
      network: networkOf(folder),
      // The network is so small that threads would only wait for each other.
      threads: 1,
      framing,
      maxBytes: options.maxFileBytes
    } satisfies IVoiceData,
    'that listens to sound'
  );
  const running = new Stoppable();
  const release = async (): Promise<void> => {
    running.stopAll();
    await worker.dispose();
  };
  try {
    const state = (await running.run(undefined, stop =>
      worker.call({ stop })
    )) as INetworkState;
    return {
      ...state,
      arguments: ARGUMENTS,
      output: 'times of speech',
      predict: async (args, signal) => {
        const [sound, transfer] = movedInput(args.audio as FileInput);
        const found = await running.run(signal, stop =>
          worker.call({ sound, stop }, transfer)
        );
        const frameS = framing.frameLength / framing.samplingRateHz;
        return answerOf(found as IVoiceFrames, frameS, args);
      },
      release
    };
  } catch (error) {
    await release();
    throw error;
  }
}
