import { DeepError } from '@jupyterlab-deep/protocol';
import { isRecord } from '../shapes';

/** A storage that deployments may use, as rclone needs it. */
export interface IPapiStorage {
  /** WebDAV address. */
  url: string;
  user: string;
  /** An app password. */
  password: string;
  /** `nextcloud` when absent. */
  vendor?: string;
}

/** A cloud storage of the user, as a form names it. */
export interface IStorageChoice {
  id: string;
  title: string;
  /** There is a password of its own that deployments may be given. */
  isAllowed: boolean;
}

/** Cloud storages that deployments can be given when their user chooses one. */
export interface IPapiStorages {
  list(): IStorageChoice[];
  /** @throws DeepError `account-needed` of one that is gone or not allowed */
  open(id: string): Promise<IPapiStorage>;
}

type Group = Record<string, unknown>;

const PLACE = '/srv/.rclone/rclone.conf';
const VENDOR = 'nextcloud';
/** The platform writes the password into the command line of a shell, without quotes. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._@%+=:,-]*$/;

/**
 * The group `storage` of a configuration, or nothing of it: it is sent whole or not at all.
 *
 * @param group As it was chosen.
 * @param storage What the user wants it to be given.
 * @throws DeepError `invalid-arguments`
 */
export function storageGroup(
  group: unknown,
  storage: IPapiStorage | undefined
): Group | undefined {
  const { datasets, ...typed } = isRecord(group) ? group : ({} as Group);
  const given = storage ? fieldsOf(storage) : filled(typed);
  const wanted = Array.isArray(datasets) ? datasets.map(datasetOf) : [];
  const isAsked = ['rclone_url', 'rclone_user', 'rclone_password'].some(
    name => given[name]
  );
  if (!isAsked) {
    if (wanted.length > 0) {
      throw invalid(
        'datasets',
        'Data sets are fetched into a storage: choose one that it may use.'
      );
    }
    return undefined;
  }
  const whole = { rclone_conf: PLACE, rclone_vendor: VENDOR, ...given };
  checkWhole(whole);
  return { ...whole, ...(wanted.length > 0 && { datasets: wanted }) };
}

/** The platform wants more than the DOI that people give. */
const datasetOf = (dataset: unknown): unknown =>
  typeof dataset === 'string' ? { doi: dataset, force_pull: false } : dataset;

const fieldsOf = ({ url, user, password, vendor }: IPapiStorage): Group => ({
  rclone_url: url,
  rclone_user: user,
  rclone_password: password,
  rclone_vendor: vendor ?? VENDOR
});

const filled = (group: Group): Group =>
  Object.fromEntries(
    Object.entries(group).filter(([, value]) => value !== '' && value !== null)
  );

function checkWhole(group: Group): void {
  for (const name of ['rclone_url', 'rclone_user', 'rclone_password']) {
    if (!group[name]) {
      throw invalid(
        name,
        `A storage needs an address, a name and a password; ${name} is missing.`
      );
    }
  }
  if (!SAFE.test(String(group.rclone_password))) {
    throw invalid(
      'rclone_password',
      'The platform puts this password into a command line, where signs such as spaces, quotes, $ and ; would be carried out as commands: it is not sent. Make an app password at your storage, which has letters, digits and hyphens only.'
    );
  }
}

const invalid = (name: string, why: string): DeepError =>
  new DeepError('invalid-arguments', why, {
    fields: { [`storage.${name}`]: [why] }
  });
