import path from 'node:path';
import { Account, DeepError, TargetSetting } from '@jupyterlab-deep/protocol';
import type { Accounts } from '../../accounts/accounts';
import { ISettings } from '../../admin/config';
import type { StorageAccounts } from '../../storage/accounts/storageAccounts';
import { Store } from '../../store/store';
import { ImTarget } from './im/imTarget';
import { PapiTarget } from './papi/papiTarget';
import { IPapiStorages } from './papi/storage';
import { ITarget } from './target';

/** Whose tokens the platform of AI4EOSC takes, unless the administrator says otherwise. */
const PAPI_PROVIDER = 'ai4eosc';
/** Below the store: TOSCA files that the user brings. */
const TEMPLATES = 'templates';

interface ICloudParts {
  settings: ISettings;
  accounts: Accounts;
  /** Cloud storages that are linked. */
  storages: StorageAccounts;
  store: Store;
}

/** A target that is an Infrastructure Manager or a platform, asked with an account of the user. */
export function cloudTarget(
  parts: ICloudParts,
  setting: TargetSetting,
  // The administrator knows where it is.
  allowPrivate = true
): ITarget {
  const { network } = parts.settings;
  const { address, id, kind } = setting;
  const title = setting.title ?? hostOf(address);
  const about = {
    id: `${kind}:${id}`,
    title,
    address,
    network,
    allowPrivate,
    account: setting.account ?? (kind === 'papi' ? PAPI_PROVIDER : kind)
  };
  const account = (): Account => accountOf(parts.accounts, setting, title);
  if (kind === 'papi') {
    return new PapiTarget({
      ...about,
      token: signal => parts.accounts.token(account().id, signal),
      vos: setting.organisations,
      storages: storagesOf(parts.storages)
    });
  }
  const userFolder = path.join(parts.store.folder, TEMPLATES);
  const { templateFolders, mirrors, wheelUrl } = setting;
  return new ImTarget({
    ...about,
    authorization: signal => parts.accounts.authorization(account().id, signal),
    templateFolders: [...(templateFolders ?? []), userFolder],
    userTemplateFolder: userFolder,
    mirrors,
    wheelUrl
  });
}

/** Until when the account holds that a target is asked with; undefined where there is none, or no end of it. */
export function accountEnd(
  accounts: Accounts,
  setting: TargetSetting
): string | undefined {
  const found = findAccount(accounts, setting);
  return found && accounts.holdsUntil(found.id);
}

/** Nextclouds alone: only they have passwords that can be given away and taken back. */
const storagesOf = (accounts: StorageAccounts): IPapiStorages => ({
  list: () =>
    accounts.all
      .filter(({ kind, origin }) => kind === 'nextcloud' && origin === 'linked')
      .map(({ id, title, isForDeployments }) => ({
        id,
        title,
        isAllowed: isForDeployments === true
      })),
  open: async id => {
    const { url, user, password } = accounts.deploymentAccess(id);
    return { url, user, password };
  }
});

/** The account that a target names, by its id or its provider; else the first that fits its kind. */
function findAccount(
  accounts: Accounts,
  { account: wanted, kind }: TargetSetting
): Account | undefined {
  const all = accounts.all;
  if (wanted !== undefined) {
    return all.find(({ id }) => id === wanted) ?? accounts.of(wanted);
  }
  return kind === 'papi'
    ? accounts.of(PAPI_PROVIDER)
    : all.find(each => each.kind === 'im');
}

function accountOf(
  accounts: Accounts,
  setting: TargetSetting,
  title: string
): Account {
  const { kind } = setting;
  const found = findAccount(accounts, setting);
  if (!found) {
    throw new DeepError(
      'account-needed',
      `${title} wants to know who you are.`,
      {
        hint:
          kind === 'im'
            ? 'Add credentials of the Infrastructure Manager under “DEEP: Accounts…”.'
            : 'Sign in under “DEEP: Accounts…”.'
      }
    );
  }
  return found;
}

const hostOf = (address: string): string =>
  URL.canParse(address) ? new URL(address).host : address;
