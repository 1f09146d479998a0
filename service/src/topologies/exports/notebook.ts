import {
  NotebookReply,
  TopologyDocument,
  topologyCells,
  TopologyLanguage
} from '@jupyterlab-deep/protocol';
import {
  code,
  dialectOf,
  markdown,
  notebookOf,
  plain
} from '../../inference/notebook';

/** A notebook that composes the same topology by the builder, checks and runs it. No address and no token is in it. */
export function topologyNotebook(
  document: TopologyDocument,
  name: string,
  language: TopologyLanguage
): NotebookReply {
  const cells = topologyCells(document, language);
  const about = [`# ${plain(document.title || name)}`];
  if (document.description) {
    about.push(plain(document.description));
  }
  return notebookOf(name, dialectOf(language), [
    markdown('intro', about.join('\n\n')),
    code('build', cells.build),
    markdown('about-check', '## Check before it runs'),
    code('check', cells.check),
    markdown(
      'about-run',
      '## Run\n\nThe run goes on in the service; leaving the loop early cancels it.'
    ),
    code('run', cells.run)
  ]);
}
