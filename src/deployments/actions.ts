import type { Deployment, Run, Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { showRun } from '../activity/showRun';
import { CommandIDs, OtherCommandIDs } from './commandIds';
import { mayRemove, mayRemoveTarget, mayStop } from './confirm';
import type { IDeployStart } from './deployModel';
import { targetOf } from './groups';
import type { DeploymentsModel } from './model';
import type { Offer } from './offers';

/** What the buttons of the panel do. */
export class DeploymentActions {
  constructor(private readonly _options: DeploymentActions.IOptions) {}

  get commands(): CommandRegistry {
    return this._options.commands;
  }

  /** Ask for module, place and options, and deploy it. */
  async deploy(start: IDeployStart = {}): Promise<void> {
    const { model, askToDeploy, show } = this._options;
    const begun = await askToDeploy(start);
    if (begun && 'kind' in begun) {
      showRun(this.commands, begun);
    } else if (begun) {
      model.take(begun);
      await show();
    }
  }

  async do(offer: Offer, deployment: Deployment): Promise<void> {
    const { id, module } = deployment;
    const { model, commands } = this._options;
    switch (offer) {
      case 'try':
      case 'api':
        await commands.execute(OtherCommandIDs.openModule, {
          id: module,
          tab: offer
        });
        return;
      case 'stop':
        return this._stop(deployment);
      case 'start':
      case 'restart':
        return model.act(id, offer);
      case 'log':
        await commands.execute(CommandIDs.showDeploymentLog, { id });
        return;
      case 'disconnect':
        return model.disconnect(id);
      case 'check':
        await commands.execute(OtherCommandIDs.checkServer, {
          id,
          title: deployment.title
        });
        return;
      case 'duplicate':
        return this.deploy({ like: deployment, target: targetOf(deployment) });
      case 'redeploy':
        return this.deploy({ like: deployment });
      case 'remove':
        return this._remove(deployment);
    }
  }

  /** The page of its module. */
  async open({ module, state }: Deployment): Promise<void> {
    await this._options.commands.execute(OtherCommandIDs.openModule, {
      id: module,
      tab: state === 'ready' ? 'try' : 'about'
    });
  }

  /** Ask for a place of the user's own, and add it. */
  async addTarget(): Promise<void> {
    const { askForTarget, model, show } = this._options;
    const added = await askForTarget();
    if (added) {
      model.takeTarget(added);
      await show();
    }
  }

  async removeTarget({ id, title }: Target): Promise<void> {
    const { model, trans } = this._options;
    if (await mayRemoveTarget(title, trans)) {
      await model.removeTarget(id);
    }
  }

  refresh(): Promise<void> {
    return this._options.model.refresh();
  }

  check(target: string): Promise<void> {
    return this._options.model.check(target);
  }

  async checkAll(): Promise<void> {
    const { model } = this._options;
    await model.start();
    await Promise.all((model.targets ?? []).map(({ id }) => model.check(id)));
  }

  /** Null where nothing here can sign in. */
  get signIn(): (() => void) | null {
    const { commands } = this._options;
    return commands.hasCommand(OtherCommandIDs.showAccounts)
      ? () => void commands.execute(OtherCommandIDs.showAccounts)
      : null;
  }

  private async _stop(deployment: Deployment): Promise<void> {
    const { model, trans } = this._options;
    const runs = await model.runsOf(deployment);
    if (runs && (await mayStop(deployment, runs, trans))) {
      await model.act(deployment.id, 'stop');
    }
  }

  private async _remove(deployment: Deployment): Promise<void> {
    const { model, trans } = this._options;
    if (await mayRemove(deployment, trans)) {
      await model.remove(deployment.id);
    }
  }
}

export namespace DeploymentActions {
  export interface IOptions {
    model: DeploymentsModel;
    commands: CommandRegistry;
    trans: TranslationBundle;
    /** @returns null when the user gave up. */
    askToDeploy: (start: IDeployStart) => Promise<Deployment | Run | null>;
    /** @returns null when the user gave up. */
    askForTarget: () => Promise<Target | null>;
    /** Bring the panel to the front. */
    show: () => Promise<void>;
  }
}
