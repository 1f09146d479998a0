import type { IDetectionsPart } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { MaskLayer } from './maskLayer';
import { formatScore } from './numbers';
import { Outlines } from './outlines';
import { boundsOf, factorsOf, ISize, IThing, IThingClass } from './things';
import { useZoom, ZoomButtons } from './zoom';

/** More names than these would hide the picture; the rest is named when it is pointed at. */
const NAMED = 40;

/** What draws things over a picture. */
export interface IOverlayProps {
  part: IDetectionsPart;
  things: IThing[];
  classes: IThingClass[];

  /** Of the picture, pixels. */
  size: ISize;

  /** The thing that is pointed at. */
  active: number | null;
  onActive: (id: number | null) => void;
}

interface IStageProps extends IOverlayProps {
  url: string | null;
  onSize: (size: ISize | null) => void;
  trans: TranslationBundle;
}

/** The picture with what was found drawn over it; without a picture an empty sheet of its size. */
export function Stage(props: IStageProps): JSX.Element {
  const { url, size, onSize, trans, things } = props;
  const [brokenUrl, setBrokenUrl] = React.useState<string | null>(null);
  const isBroken = url !== null && url === brokenUrl;
  const zoom = useZoom();
  const width =
    zoom.scale === null ? undefined : Math.round(size.width * zoom.scale);
  return (
    <div className="jp-DeepResults-stage">
      <div
        className="jp-DeepResults-view"
        data-fit={zoom.scale === null}
        role="group"
        tabIndex={0}
        aria-label={trans.__('Picture with %1 things marked', things.length)}
        onKeyDown={zoom.onKeyDown}
      >
        <div
          className="jp-DeepResults-sheet"
          style={{
            width,
            aspectRatio: `${size.width} / ${size.height}`,
            ...(url && !isBroken
              ? {}
              : { minWidth: width ?? 'min(100%, 480px)' })
          }}
        >
          {url && !isBroken && (
            <img
              src={url}
              alt={trans.__('The picture that was looked at')}
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                onSize({ width: naturalWidth, height: naturalHeight })
              }
              onError={() => {
                setBrokenUrl(url);
                onSize(null);
              }}
            />
          )}
          <MaskLayer {...props} />
          <Outlines {...props} />
          <Names {...props} />
        </div>
      </div>
      <ZoomButtons zoom={zoom} trans={trans} />
      {isBroken && (
        <p className="jp-DeepResults-note">
          {trans.__('The browser cannot show this kind of picture.')}
        </p>
      )}
    </div>
  );
}

/** Names with scores, as text of the page: readable at any size of the picture. */
function Names(props: IOverlayProps): JSX.Element {
  const { part, things, classes, size, active } = props;
  const factors = factorsOf(part, size);
  const colours = new Map(classes.map(({ label, colour }) => [label, colour]));
  const named = things.filter(
    ({ id }, index) => index < NAMED || id === active
  );
  return (
    <div aria-hidden="true" className="jp-DeepResults-names">
      {named.map(thing => {
        const bounds = boundsOf(thing, factors);
        return (
          bounds && (
            <span
              key={thing.id}
              data-active={thing.id === active}
              data-low={bounds.top < size.height * 0.06}
              style={{
                left: `${share(bounds.left, size.width)}%`,
                top: `${share(bounds.top, size.height)}%`,
                borderLeftColor: colours.get(thing.label)
              }}
            >
              {thing.label}{' '}
              {thing.score !== undefined && formatScore(thing.score)}
            </span>
          )
        );
      })}
    </div>
  );
}

const share = (place: number, length: number): number =>
  Math.min(100, Math.max(0, (place / length) * 100));
