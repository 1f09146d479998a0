import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDeepService } from './tokens';

/** Says once when browser and service are of different versions, such as after an upgrade beside an open page. */
export function warnOfOtherVersion(
  service: IDeepService,
  trans: TranslationBundle
): void {
  const warned = new Set<string>();
  service.connectionChanged.connect((_, { state }) => {
    const other = service.health?.version;
    if (state !== 'online' || !other || other === service.version) {
      return;
    }
    if (!warned.has(other)) {
      warned.add(other);
      Notification.warning(
        trans.__(
          'DEEP: this page has version %1 and the service has version %2. Reload the page; if this message stays, “jupyter deep doctor” in a terminal says what to do.',
          service.version,
          other
        ),
        { autoClose: false }
      );
    }
  });
}
