import * as React from 'react';
import { harmless, useBlobUrl } from '../picture';
import type { IViewContext } from './viewContext';
import { Waveform } from './waveform';

interface IMediaProps {
  view: IViewContext;
}

function useMediaUrl({ result }: IViewContext): string | null {
  return useBlobUrl(result, async () =>
    harmless(result.blob, result.contentType)
  );
}

/** A picture that the module answered. */
export function PictureView({ view }: IMediaProps): JSX.Element {
  const { trans, result } = view;
  const url = useMediaUrl(view);
  const [broken, setBroken] = React.useState<object | null>(null);
  return broken === result ? (
    <Unplayable
      words={trans.__(
        'The browser cannot show this kind of picture (%1).',
        result.contentType
      )}
    />
  ) : (
    <div className="jp-DeepInference-picture">
      {url && (
        <img
          src={url}
          alt={trans.__('The picture that was answered')}
          onError={() => setBroken(result)}
        />
      )}
    </div>
  );
}

/** Sound, with its shape. */
export function AudioView({ view }: IMediaProps): JSX.Element {
  const { trans, result } = view;
  const url = useMediaUrl(view);
  const [broken, setBroken] = React.useState<object | null>(null);
  return broken === result ? (
    <Unplayable
      words={trans.__(
        'The browser cannot play this kind of sound (%1).',
        result.contentType
      )}
    />
  ) : (
    <div className="jp-DeepResults-media">
      <Waveform blob={result.blob} trans={trans} />
      {url && (
        <audio
          controls
          src={url}
          aria-label={trans.__('The sound that was answered')}
          onError={() => setBroken(result)}
        />
      )}
    </div>
  );
}

/** A film. */
export function VideoView({ view }: IMediaProps): JSX.Element {
  const { trans, result } = view;
  const url = useMediaUrl(view);
  const [broken, setBroken] = React.useState<object | null>(null);
  return broken === result ? (
    <Unplayable
      words={trans.__(
        'The browser cannot play this film (%1): it may have a codec that browsers do not know. Save it, and open it with another program.',
        result.contentType
      )}
    />
  ) : (
    <div className="jp-DeepResults-media">
      {url && (
        <video
          controls
          src={url}
          aria-label={trans.__('The film that was answered')}
          onError={() => setBroken(result)}
        />
      )}
    </div>
  );
}

function Unplayable({ words }: { words: string }): JSX.Element {
  return <p className="jp-DeepInference-empty">{words}</p>;
}
