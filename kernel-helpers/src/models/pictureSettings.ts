import {
  type ModelPreparation,
  PREPARATIONS,
  type PreparationName
} from '@jupyterlab-deep/protocol';
import { type PreprocessorConfig } from './manifest';
import { preparationOf } from './preparation';

/** Pillow's numbers of its filters. */
const FILTERS = { bilinear: 2, bicubic: 3 } as const;
/** What torchvision resizes to before it takes the middle: 256 for 224. */
const CROPPED_SHARE = 0.875;
const NO_LIMITS = { maxPixels: Infinity, maxBytes: Infinity };

const isRound = (value: number): boolean => Number.isInteger(value);

/** The shorter side before the middle is taken. */
const edgeOf = ({ width, height, edge }: ModelPreparation): number =>
  edge ?? Math.round(Math.max(width, height) / CROPPED_SHARE);

/** `preprocessor_config.json`, as Hugging Face's processors read it. */
export function preprocessorOf(
  preparation: ModelPreparation
): PreprocessorConfig {
  const { width, height, fit, filter, channels, scale, mean, std } =
    preparation;
  const isCropped = fit === 'crop';
  return {
    do_resize: true,
    size: isCropped
      ? { shortest_edge: edgeOf(preparation) }
      : { height, width },
    resample: FILTERS[filter],
    do_center_crop: isCropped,
    ...(isCropped && { crop_size: { height, width } }),
    do_rescale: scale !== 1,
    rescale_factor: scale,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
    ...(channels === 'BGR' && { do_flip_channel_order: true })
  };
}

/**
 * What a `preprocessor_config.json` says, in the words of a form.
 * @returns undefined when a form cannot say it.
 */
export function preparationFrom(
  config: PreprocessorConfig,
  channels: 1 | 3
): ModelPreparation | undefined {
  const { resize, width, height, resample, planes } = preparationOf(
    config,
    NO_LIMITS,
    channels
  );
  const filter = resample === FILTERS.bilinear ? 'bilinear' : 'bicubic';
  const isKept = resample === FILTERS.bilinear || resample === FILTERS.bicubic;
  const isCropped = 'shortestEdge' in resize;
  const fits =
    isCropped || (resize.width === width && resize.height === height);
  if (!isKept || !fits || !isRound(width) || !isRound(height)) {
    return undefined;
  }
  const count = planes.length;
  const each = (values: number[] | undefined, otherwise: number): number[] => {
    const given = config.do_normalize === false ? undefined : values;
    return given?.length === count
      ? given
      : new Array<number>(count).fill(given?.[0] ?? otherwise);
  };
  return {
    width,
    height,
    fit: isCropped ? 'crop' : 'squeeze',
    ...(isCropped && { edge: resize.shortestEdge }),
    filter,
    channels: count === 1 ? 'grey' : planes[0] === 2 ? 'BGR' : 'RGB',
    scale: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    mean: each(config.image_mean, 0),
    std: each(config.image_std, 1)
  };
}

/** A preparation that people know by name, for pictures of a size. */
export function namedPreparation(
  name: PreparationName,
  size: { width: number; height: number },
  isGrey = false
): ModelPreparation {
  const { scale, mean, std, channels } = PREPARATIONS[name];
  const isCropped = name === 'imagenet' || name === 'caffe';
  const count = isGrey ? 1 : 3;
  return {
    ...size,
    fit: isCropped && !isGrey ? 'crop' : 'squeeze',
    filter: 'bilinear',
    channels: isGrey ? 'grey' : channels,
    scale,
    mean: mean.slice(0, count),
    std: std.slice(0, count)
  };
}
