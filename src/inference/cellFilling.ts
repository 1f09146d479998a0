import type { CellFile } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import type { ICellReading } from './cellForm';
import {
  ChosenFile,
  filesOfExample,
  fromContents,
  fromUrl
} from './chosenFile';
import type { IPageContext } from './pageContext';

/**
 * Fill the page's form with what a cell says.
 *
 * @param cell.folder - of the notebook, with its drive's name where it has one.
 */
export function fillFromCell(
  page: IPageContext,
  { reading, folder }: { reading: ICellReading; folder: string }
): void {
  const { trans, model } = page;
  const { form, isOfCode } = reading;
  model.trial.fill({
    form,
    notices: isOfCode
      ? []
      : [
          trans.__(
            'The code of the cell was changed so that its values cannot be read from it: these are the values that the cell was made of.'
          )
        ],
    locate: (argument, file) => locate(page, folder, argument, file)
  });
}

async function locate(
  page: IPageContext,
  folder: string,
  argument: string,
  file: CellFile
): Promise<ChosenFile> {
  const { contents, trans } = page;
  switch (file.from) {
    case 'url':
      return fromUrl(file.url, trans);
    case 'path':
      return fromContents(contents, pathIn(page, folder, file.path), trans);
    case 'example':
      return exampleFile(page, argument, file.example);
  }
}

function pathIn(
  { contents, trans }: IPageContext,
  folder: string,
  path: string
): string {
  const drive = contents.driveName(folder);
  const local = PathExt.normalize(
    PathExt.join(contents.localPath(folder), path)
  );
  if (path.startsWith('/') || local.startsWith('..')) {
    throw new Error(
      trans.__('“%1” does not lie below the folder that Jupyter shows.', path)
    );
  }
  return drive ? `${drive}:${local}` : local;
}

async function exampleFile(
  { catalogue, model, trans }: IPageContext,
  argument: string,
  name: string
): Promise<ChosenFile> {
  const { examples } = await catalogue.get(model.moduleId);
  const example = examples.find(each => each.name === name);
  const file = example && filesOfExample(model.moduleId, example).get(argument);
  if (!file) {
    throw new Error(trans.__('The module has no example “%1” any more.', name));
  }
  return file;
}
