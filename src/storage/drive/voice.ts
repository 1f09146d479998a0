import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { orTell } from '../tell';
import { askConflict } from './conflict';
import type { IDriveVoice } from './drive';

/** A drive speaks by Lab's dialogs and notifications. */
export function makeVoice(trans: TranslationBundle): IDriveVoice {
  return {
    askConflict: conflict => askConflict(conflict, trans),
    tellRemoved: (name, undo) => {
      Notification.info(trans.__('“%1” is in the trash of the cloud.', name), {
        autoClose: 10_000,
        actions: [
          {
            label: trans.__('Undo'),
            callback: () =>
              void orTell(trans.__('Could not restore “%1”', name), undo, trans)
          }
        ]
      });
    },
    tellUpload: (name, work) => tellUpload(name, work, trans)
  };
}

function tellUpload(
  name: string,
  work: Promise<unknown>,
  trans: TranslationBundle
): (part: number) => void {
  const message = trans.__('Uploading “%1” to the cloud…', name);
  const id = Notification.emit(message, 'in-progress', {
    autoClose: false,
    progress: 0
  });
  work.then(
    () =>
      Notification.update({
        id,
        message: trans.__('“%1” is in the cloud.', name),
        type: 'success',
        progress: 1,
        autoClose: 4000
      }),
    // Lab itself says why a save failed.
    () => Notification.dismiss(id)
  );
  return part => void Notification.update({ id, message, progress: part });
}
