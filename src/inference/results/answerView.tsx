import type { ResultPart } from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { ClassBars } from './classBars';
import { DetectionsView } from './detectionsView';
import { FactsView } from './factsView';
import { FilesView } from './filesView';
import { JsonTree } from './jsonTree';
import { LazyChart, LazyCsv, LazyZip } from './lazyViews';
import { AudioView, PictureView, VideoView } from './mediaViews';
import { TableView } from './tableView';
import { TextView } from './textView';
import type { IViewContext } from './viewContext';
import { ViewBoundary } from './viewBoundary';

interface IAnswerViewProps {
  view: IViewContext;
}

/** An answer as a person would look at it, by what it is. */
export function AnswerView({ view }: IAnswerViewProps): JSX.Element {
  return (
    <ViewBoundary of={view.result} trans={view.trans}>
      <Content view={view} />
    </ViewBoundary>
  );
}

function Content({ view }: IAnswerViewProps): JSX.Element {
  switch (view.result.medium) {
    case 'picture':
      return <PictureView view={view} />;
    case 'audio':
      return <AudioView view={view} />;
    case 'video':
      return <VideoView view={view} />;
    case 'table':
      return <LazyCsv view={view} />;
    case 'zip':
      return <LazyZip view={view} />;
    case 'json':
      return <JsonContent view={view} />;
    case 'text':
    case 'html':
    case 'vector':
      return <TextView view={view} />;
    default:
      return <FactsView view={view} />;
  }
}

function JsonContent({ view }: IAnswerViewProps): JSX.Element {
  const { result, trans } = view;
  if (result.json === undefined) {
    return (
      <>
        <p className="jp-DeepResults-note">
          {trans.__(
            '%1 of JSON are too much to be looked at here. This is the beginning; save it to have all.',
            formatSize(result.blob.size)
          )}
        </p>
        <TextView view={view} />
      </>
    );
  }
  if (result.parts.length === 0) {
    return <JsonTree value={result.json} trans={trans} />;
  }
  return (
    <>
      {result.parts.map((part, index) => (
        <Part key={index} part={part} view={view} />
      ))}
    </>
  );
}

interface IAnyPartProps extends IAnswerViewProps {
  part: ResultPart;
}

function Part({ part, view }: IAnyPartProps): JSX.Element {
  switch (part.kind) {
    case 'detections':
      return <DetectionsView part={part} view={view} />;
    case 'scores':
      return <ClassBars part={part} view={view} />;
    case 'rows':
      return <TableView part={part} trans={view.trans} />;
    case 'series':
      return <LazyChart part={part} trans={view.trans} />;
    case 'files':
      return <FilesView part={part} view={view} />;
    case 'text':
      return <p className="jp-DeepResults-words">{part.text}</p>;
  }
}
