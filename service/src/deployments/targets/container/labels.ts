const PREFIX = 'org.jupyterlab-deep';

/** By which containers and images of ours are known, whoever asks. */
export const LABELS = {
  deployment: `${PREFIX}.deployment`,
  module: `${PREFIX}.module`,
  /** `deepaas`, `jupyter` or `vscode`. */
  service: `${PREFIX}.service`,
  /** The memory that it may use, bytes. */
  memory: `${PREFIX}.memory`,
  /** Full name of the image as people know it. */
  image: `${PREFIX}.image`,
  /** What its name meant: `sha256:…`. */
  digest: `${PREFIX}.digest`,
  /** Name of the base that was fetched for an image. */
  base: `${PREFIX}.base`,
  /** The image was not there before. */
  fetched: `${PREFIX}.fetched`,
  /** Hash of the program that an image has, and its models with it. */
  runtime: `${PREFIX}.runtime`
};

/** A container's name: it cannot be given twice. */
export const containerName = (deployment: string): string =>
  `jupyterlab-deep-${deployment}`;

/** A filter as the API takes it. */
export const byLabel = (name: string, value: string): { label: string[] } => ({
  label: [`${name}=${value}`]
});
