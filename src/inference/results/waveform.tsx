import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatNumber } from './numbers';

/** Decoded, sound takes about ten times as much memory. */
const MOST_BYTES = 20_000_000;
const COLUMNS = 400;
const HEIGHT = 64;

interface IWaveformProps {
  blob: Blob;
  trans: TranslationBundle;
}

/** The loudness over time; nothing for sound that is long or that the browser cannot decode. */
export function Waveform({ blob, trans }: IWaveformProps): JSX.Element | null {
  const sound = useSound(blob);
  if (!sound) {
    return null;
  }
  const points = peaksOf(sound)
    .map((peak, x) => `M${x} ${HEIGHT / 2 - peak}V${HEIGHT / 2 + peak}`)
    .join('');
  return (
    <figure className="jp-DeepResults-waveform">
      <svg
        viewBox={`0 0 ${COLUMNS} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={points} />
      </svg>
      <figcaption className="jp-DeepResults-note">
        {trans.__(
          '%1 s, %2 Hz, %3 channels',
          formatNumber(sound.duration),
          formatNumber(sound.sampleRate),
          sound.numberOfChannels
        )}
      </figcaption>
    </figure>
  );
}

function useSound(blob: Blob): AudioBuffer | null {
  const [sound, setSound] = React.useState<AudioBuffer | null>(null);
  React.useEffect(() => {
    let isWanted = true;
    if (blob.size <= MOST_BYTES && typeof OfflineAudioContext === 'function') {
      decode(blob).then(
        decoded => isWanted && setSound(decoded),
        reason => console.warn('The sound could not be decoded.', reason)
      );
    }
    return () => {
      isWanted = false;
    };
  }, [blob]);
  return sound;
}

const decode = async (blob: Blob): Promise<AudioBuffer> =>
  new OfflineAudioContext(1, 1, 44_100).decodeAudioData(
    await blob.arrayBuffer()
  );

/** The loudest sample of each column, in half heights. */
function peaksOf(sound: AudioBuffer): number[] {
  const samples = sound.getChannelData(0);
  const step = Math.max(1, Math.floor(samples.length / COLUMNS));
  const inner = Math.max(1, Math.floor(step / 200));
  return Array.from({ length: COLUMNS }, (_, column) => {
    let peak = 0;
    for (let at = column * step; at < (column + 1) * step; at += inner) {
      peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    }
    return Math.max(0.5, Math.min(1, peak) * (HEIGHT / 2));
  });
}
