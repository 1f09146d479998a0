import type { IConfiguration } from './configuration.ts';

/** An answer that is not the usual one. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: unknown;

  constructor(status: number, detail: unknown) {
    super(String(detail));
    this.status = status;
    this.detail = detail;
  }
}

type Values = Record<string, Record<string, unknown>>;

const IMAGES = ['deephdc/', 'ai4oshub/', 'registry.cloud.ai4eosc.eu/'];
const IDES = ['jupyter', 'vscode'];
const GPUS_A_USER = 2;
const MIN_PASSWORD = 9;

/** The values of a form where nothing was chosen, with those that were: what is not in the form is refused. */
export function mergedWith(
  configuration: IConfiguration,
  given: Values | null | undefined
): Values {
  const values: Values = Object.fromEntries(
    Object.entries(configuration).map(([group, parameters]) => [
      group,
      Object.fromEntries(
        Object.entries(parameters)
          .filter(([name]) => name !== 'warning')
          .map(([name, { value }]) => [name, value])
      )
    ])
  );
  for (const [group, chosen] of Object.entries(given ?? {})) {
    if (!values[group]) {
      throw new Refusal(400, `The key \`${group}\` in not a valid parameter.`);
    }
    const unknown = Object.keys(chosen).filter(
      name => !(name in values[group]!)
    );
    if (unknown.length > 0) {
      throw new Refusal(
        400,
        `The keys \`{'${unknown.join("', '")}'}\` are not a valid parameters.`
      );
    }
    Object.assign(values[group]!, chosen);
  }
  return values;
}

/** @throws Refusal in the platform's own sentences, in its order. */
export function checkValues(
  values: Values,
  configuration: IConfiguration,
  gpusInUse: number
): void {
  const { general = {}, hardware = {}, storage = {} } = values;
  const image = String(general.docker_image);
  if (!IMAGES.some(prefix => image.startsWith(prefix))) {
    throw new Refusal(
      400,
      'The docker image should belong to either "deephdc" or "ai4oshub" DockerHub organizations or be hosted in the project\'s Harbor.'
    );
  }
  if ((storage.datasets as unknown[]).length > 0 && !isStorageGiven(values)) {
    throw new Refusal(
      400,
      'You should provide RCLONE credentials if you are want to download any dataset.'
    );
  }
  for (const [name, { range }] of Object.entries(
    configuration.hardware ?? {}
  )) {
    const value = Number(hardware[name]);
    const [low, high] = range ?? [null, null];
    if (low !== null && value < low) {
      throw new Refusal(
        400,
        `The parameter ${name} should bigger or equal to ${low}.`
      );
    }
    if (high !== null && value > high) {
      throw new Refusal(
        400,
        `The parameter ${name} should smaller or equal to ${high}.`
      );
    }
  }
  if (gpusInUse + Number(hardware.gpu_num ?? 0) > GPUS_A_USER) {
    throw new Refusal(
      400,
      `You already have at least ${GPUS_A_USER} GPUs running and/or queued. If you want to make a new deployment please delete one of your existing ones.`
    );
  }
  const isIde = IDES.includes(String(general.service));
  if (isIde && String(general.jupyter_password).length < MIN_PASSWORD) {
    throw new Refusal(
      400,
      'Your IDE needs a password of at least 9 characters.'
    );
  }
}

export const isStorageGiven = ({ storage = {} }: Values): boolean =>
  Object.entries(storage).every(
    ([name, value]) => !name.startsWith('rclone') || Boolean(value)
  );
