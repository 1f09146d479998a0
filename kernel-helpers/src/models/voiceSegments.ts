/** A piece of sound in which somebody speaks. */
export interface IVoiceSegment {
  start_s: number;
  end_s: number;
  /** Mean over its frames. */
  probability: number;
}

export interface ISegmentOptions {
  /** Speech begins at this probability. */
  threshold: number;
  /** Shorter speech is left out. */
  minSpeechS: number;
  /** Shorter pauses do not end speech. */
  minSilenceS: number;
}

/** Speech ends only this much below the probability where it begins, so that it does not flicker. */
const HYSTERESIS = 0.15;
/** Added on both sides: the first and last sounds of words are quiet. */
const PAD_S = 0.03;

interface IFrames {
  first: number;
  /** The frame behind the last. */
  end: number;
}

function runsOf(
  probabilities: Float32Array,
  threshold: number,
  silenceFrames: number
): IFrames[] {
  const runs: IFrames[] = [];
  const low = Math.max(threshold - HYSTERESIS, 0.01);
  let run: IFrames | undefined;
  probabilities.forEach((probability, frame) => {
    if (run && probability >= low) {
      run.end = frame + 1;
    } else if (run && frame - run.end >= silenceFrames) {
      run = undefined;
    }
    if (!run && probability >= threshold) {
      run = { first: frame, end: frame + 1 };
      runs.push(run);
    }
  });
  return runs;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * Joins frames to pieces of speech.
 * @param probabilities - One a frame.
 * @param frameS - Seconds from one frame to the next.
 * @param durationS - Of the whole sound; the last frame may reach beyond.
 */
export function voiceSegments(
  probabilities: Float32Array,
  frameS: number,
  durationS: number,
  { threshold, minSpeechS, minSilenceS }: ISegmentOptions
): IVoiceSegment[] {
  const silenceFrames = Math.ceil(minSilenceS / frameS);
  const runs = runsOf(probabilities, threshold, silenceFrames).filter(
    ({ first, end }) => (end - first) * frameS >= minSpeechS
  );
  return runs.map(({ first, end }, index) => {
    const before = index === 0 ? 0 : runs[index - 1].end * frameS;
    const after = runs[index + 1]?.first * frameS || durationS;
    const [start, stop] = [first * frameS, Math.min(end * frameS, durationS)];
    const within = probabilities.subarray(first, end);
    return {
      // Half of a short pause for each neighbour.
      start_s: rounded(Math.max(start - PAD_S, (before + start) / 2, 0)),
      end_s: rounded(Math.min(stop + PAD_S, (stop + after) / 2)),
      probability: rounded(within.reduce((a, b) => a + b, 0) / within.length)
    };
  });
}
