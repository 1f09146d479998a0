import { CommandIDs } from './commandIds';
import type { Offer } from './offers';

/** The command that does it, with the deployment's `id`. */
export const COMMAND_OF: Readonly<Record<Offer, string>> = {
  try: CommandIDs.tryDeployment,
  api: CommandIDs.showDeploymentApi,
  stop: CommandIDs.stopDeployment,
  start: CommandIDs.startDeployment,
  restart: CommandIDs.restartDeployment,
  log: CommandIDs.showDeploymentLog,
  disconnect: CommandIDs.disconnectDeployment,
  check: CommandIDs.checkDeployment,
  duplicate: CommandIDs.duplicateDeployment,
  redeploy: CommandIDs.redeployDeployment,
  remove: CommandIDs.removeDeployment
};
