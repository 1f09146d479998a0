import { maskSize } from './masks';
import { IDetection, IDetectionsPart } from './parts';
import { fieldOf, isRecord, numberOf } from './reading';

/** Rounding may put a corner beyond the edge. */
const FRACTION_LIMIT = 1.05;

/** The farthest corner of all things. */
export interface IExtent {
  right: number;
  bottom: number;
}

export function extentOf(items: readonly IDetection[]): IExtent {
  const extent = { right: 0, bottom: 0 };
  for (const { box, polygons = [] } of items) {
    if (box) {
      extent.right = Math.max(extent.right, box[2]);
      extent.bottom = Math.max(extent.bottom, box[3]);
    }
    for (const points of polygons) {
      points.forEach((value, index) => {
        const side = index % 2 === 0 ? 'right' : 'bottom';
        extent[side] = Math.max(extent[side], value);
      });
    }
  }
  return extent;
}

/** Coordinates that never pass 1 are parts of the picture: nothing that is found is one pixel large. */
export function unitsOf(
  items: readonly IDetection[]
): IDetectionsPart['units'] {
  const { right, bottom } = extentOf(items);
  const largest = Math.max(right, bottom);
  return largest > 0 && largest <= FRACTION_LIMIT ? 'fraction' : 'pixels';
}

const WIDTH = ['image_width', 'img_width', 'width', 'original_width'];
const HEIGHT = ['image_height', 'img_height', 'height', 'original_height'];
const SHAPE = ['orig_shape', 'image_shape', 'img_shape', 'original_shape'];
const PICTURE = ['image', 'image_size', 'img_size', 'size', 'images'];

/** The size that an answer says its picture has. Ignored where things lie outside of it. */
export function sizeIn(
  around: readonly unknown[],
  { right, bottom }: IExtent
): IDetectionsPart['size'] {
  for (const place of around.flatMap(withPicture)) {
    const size = sizeOf(place);
    if (size && size.width >= right * 0.99 && size.height >= bottom * 0.99) {
      return size;
    }
  }
  return undefined;
}

function withPicture(place: unknown): unknown[] {
  if (!isRecord(place)) {
    return [];
  }
  const picture = fieldOf(place, PICTURE);
  return [place, Array.isArray(picture) ? picture[0] : picture];
}

function sizeOf(place: unknown): IDetectionsPart['size'] {
  if (!isRecord(place)) {
    return undefined;
  }
  const shape = fieldOf(place, SHAPE);
  const [shapeHeight, shapeWidth] = Array.isArray(shape) ? shape : [];
  const width = numberOf(fieldOf(place, WIDTH) ?? shapeWidth);
  const height = numberOf(fieldOf(place, HEIGHT) ?? shapeHeight);
  return width && height && width > 1 && height > 1
    ? { width, height }
    : undefined;
}

/** The size of the masks, where the things have nothing else to go by. */
export const sizeOfMasks = (
  items: readonly IDetection[]
): IDetectionsPart['size'] => {
  const sizes = items.flatMap(({ mask }) =>
    mask ? (maskSize(mask) ?? []) : []
  );
  return sizes[0];
};
