import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { CatalogueSanitizer } from './catalogueSanitizer';
import { showPictureOnClick } from './remotePictures';

const MARKDOWN = 'text/markdown';

interface IMarkdownProps {
  source: string;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** Markdown from a catalogue: sanitised, and fetching nothing by itself. */
export function Markdown(props: IMarkdownProps): JSX.Element {
  const { source, rendermime, trans } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const sanitizer = new CatalogueSanitizer(rendermime.sanitizer, name =>
      trans.__('Show picture from %1', name)
    );
    const renderer = rendermime.clone({ sanitizer }).createRenderer(MARKDOWN);
    const node = host.current!;
    node.addEventListener('click', showPictureOnClick);
    MessageLoop.sendMessage(renderer, Widget.Msg.BeforeAttach);
    node.appendChild(renderer.node);
    MessageLoop.sendMessage(renderer, Widget.Msg.AfterAttach);
    void renderer.renderModel(
      new MimeModel({ data: { [MARKDOWN]: source }, trusted: false })
    );
    return () => {
      node.removeEventListener('click', showPictureOnClick);
      MessageLoop.sendMessage(renderer, Widget.Msg.BeforeDetach);
      node.removeChild(renderer.node);
      MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      renderer.dispose();
    };
  }, [source, rendermime, trans]);
  return <div ref={host} className="jp-DeepInference-markdown" />;
}
