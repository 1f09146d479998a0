import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { IPageView, ModuleTab } from './moduleTab';

interface IOpenTabOptions {
  app: JupyterFrontEnd;
  labShell: ILabShell | null;
  tracker: WidgetTracker<ModuleTab>;
  makeTab: (moduleId: string) => ModuleTab;
}

/** Bring the module's page to the front, and go where the view says. */
export function openTab(
  options: IOpenTabOptions,
  moduleId: string,
  view: IPageView
): ModuleTab {
  const { app, tracker, makeTab } = options;
  const known = tracker.find(
    tab =>
      tab.moduleId === moduleId ||
      tab.page?.page.model.isCalled(moduleId) === true
  );
  const tab = known ?? makeTab(moduleId);
  tab.goTo(view);
  if (!known) {
    void tracker.add(tab);
    tab.viewChanged.connect(() => void tracker.save(tab));
    addToShell(options, tab);
  }
  app.shell.activateById(tab.id);
  return tab;
}

/** A page of Notebook 7 holds one document in its main area and drops what is added to it; its right area takes more. */
function addToShell({ app, labShell }: IOpenTabOptions, tab: ModuleTab): void {
  app.shell.add(tab, 'main');
  if (!labShell && !tab.isAttached) {
    app.shell.add(tab, 'right');
  }
}
