import {
  bitmapOf,
  classPixel,
  type IBitmap
} from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { bytesOfBase64 } from './base64';
import { useBlobUrl } from '../picture';
import type { IOverlayProps } from './stage';
import type { IThing } from './things';

/** Of 255. */
const OPACITY = 120;

/** Masks that are painted at once: each takes up to a megapixel of work. */
const MOST = 200;

/** Which pixels belong to what. */
export function MaskLayer(props: IOverlayProps): JSX.Element {
  const { things, classes } = props;
  const masked = things.filter(({ mask }) => mask).slice(0, MOST);
  const colours = new Map(classes.map(entry => [entry.label, entry]));
  return (
    <>
      <BitmapLayer {...props} things={masked} />
      {masked.map(
        thing =>
          thing.mask?.form === 'picture' && (
            <PictureMask
              key={thing.id}
              base64={thing.mask}
              colour={colours.get(thing.label)?.colour ?? ''}
              isActive={thing.id === props.active}
            />
          )
      )}
    </>
  );
}

interface IPictureMaskProps {
  /** Kept as an object: the URL is made anew only for another mask. */
  base64: { base64: string };
  colour: string;
  isActive: boolean;
}

/** Light parts of the mask are coloured; dark and transparent ones are not. */
function PictureMask(props: IPictureMaskProps): JSX.Element | null {
  const { base64, colour, isActive } = props;
  const url = useBlobUrl(
    base64,
    async () => new Blob([bytesOfBase64(base64.base64)], { type: 'image/png' })
  );
  return url === null ? null : (
    <div
      aria-hidden="true"
      className="jp-DeepResults-mask"
      data-active={isActive}
      style={{ background: colour, maskImage: `url("${url}")` }}
    />
  );
}

/** All masks that are numbers, on one canvas. */
function BitmapLayer({ things, classes }: IOverlayProps): JSX.Element | null {
  const canvas = React.useRef<HTMLCanvasElement>(null);
  const bitmaps = React.useMemo(
    () =>
      things.flatMap(thing => {
        const bitmap = thing.mask && bitmapOf(thing.mask);
        return bitmap ? [{ thing, bitmap }] : [];
      }),
    [things]
  );
  React.useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) {
      const indexes = new Map(
        classes.map(({ label, index }) => [label, index])
      );
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      for (const { thing, bitmap } of bitmaps) {
        paint(context, bitmap, classPixel(indexes.get(thing.label) ?? 0));
      }
    }
  }, [bitmaps, classes]);
  const largest = largestOf(bitmaps);
  return largest === null ? null : (
    <canvas
      ref={canvas}
      aria-hidden="true"
      className="jp-DeepResults-bitmaps"
      width={largest.width}
      height={largest.height}
    />
  );
}

function largestOf(
  bitmaps: readonly { thing: IThing; bitmap: IBitmap }[]
): IBitmap | null {
  return bitmaps.reduce<IBitmap | null>(
    (largest, { bitmap }) =>
      largest && largest.width >= bitmap.width ? largest : bitmap,
    null
  );
}

function paint(
  context: CanvasRenderingContext2D,
  { width, height, pixels }: IBitmap,
  [red, green, blue]: [number, number, number]
): void {
  const sheet = document.createElement('canvas');
  sheet.width = width;
  sheet.height = height;
  const image = new ImageData(width, height);
  pixels.forEach((isInside, at) => {
    image.data.set([red, green, blue, isInside ? OPACITY : 0], at * 4);
  });
  sheet.getContext('2d')?.putImageData(image, 0, 0);
  context.drawImage(sheet, 0, 0, context.canvas.width, context.canvas.height);
}
