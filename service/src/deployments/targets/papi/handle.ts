import { DeepError } from '@jupyterlab-deep/protocol';
import { IPlace, Kind, ROUTES } from './papiApi';

/** The platform cuts titles here. */
const MAX_TITLE = 45;
/** The platform writes titles into a file of its scheduler, between quotation marks and as they are. */
const UNSAFE = /["\\${}%\s\p{Cc}]+/gu;

const markOf = (deployment: string): string => ` [${deployment}]`;

/** What is left of a title beside the mark of a deployment. */
export const titleLength = (deployment: string): number =>
  Math.max(0, MAX_TITLE - markOf(deployment).length);

/** A title that tells the deployment: whatever is cut, the mark is not. */
export const markedTitle = (title: string, deployment: string): string =>
  title
    .replace(UNSAFE, ' ')
    .trim()
    .slice(0, titleLength(deployment))
    .trimEnd() + markOf(deployment);

export const isMarked = (title: string, deployment: string): boolean =>
  title.endsWith(markOf(deployment).trimStart());

/** A job at the platform as one text: kind, virtual organisation, id. */
export const handleOf = ({ kind, vo }: IPlace, id: string): string =>
  [kind, vo, id].join('/');

/** @throws DeepError `not-found` */
export function placeOf(handle: string): IPlace & { id: string } {
  const [kind, vo, id, ...rest] = handle.split('/');
  if (!(kind in ROUTES) || !id || rest.length > 0) {
    throw new DeepError(
      'not-found',
      `${handle} names no deployment of the platform.`
    );
  }
  return { kind: kind as Kind, vo, id };
}
