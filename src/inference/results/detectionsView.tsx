import type { IDetectionsPart } from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { useBlobUrl } from '../picture';
import { DetectionsNotes } from './detectionsNotes';
import { Legend } from './legend';
import { Stage } from './stage';
import { ThingList } from './thingList';
import {
  classesOf,
  ISize,
  scoreRange,
  sizeWithoutPicture,
  visibleThings
} from './things';
import type { IPartProps } from './viewContext';

/** With more things than this the weakest are hidden at first. */
const SHOWN_AT_FIRST = 200;

/** Boxes, outlines and masks over the picture that they were found in. */
export function DetectionsView(
  props: IPartProps<IDetectionsPart>
): JSX.Element {
  const { part, view } = props;
  const { trans, input, result } = view;
  const url = useBlobUrl(input?.run ?? result, async () =>
    input ? input.load() : null
  );
  const [natural, setNatural] = React.useState<ISize | null>(null);
  const [threshold, setThreshold] = React.useState(() => firstThreshold(part));
  const [hidden, setHidden] = React.useState<ReadonlySet<string>>(new Set());
  const [frame, setFrame] = React.useState(0);
  const [active, setActive] = React.useState<number | null>(null);
  const classes = React.useMemo(() => classesOf(part.items), [part]);
  const things = React.useMemo(
    () => visibleThings(part.items, { threshold, hidden, frame }),
    [part, threshold, hidden, frame]
  );
  const size = natural ?? sizeWithoutPicture(part);
  return (
    <section
      className="jp-DeepResults-detections"
      aria-label={trans.__('What was found')}
    >
      <Stage
        part={part}
        things={things}
        classes={classes}
        size={size}
        url={url}
        active={active}
        onActive={setActive}
        onSize={setNatural}
        trans={trans}
      />
      <Legend
        classes={classes}
        hidden={hidden}
        onHidden={setHidden}
        range={scoreRange(part.items)}
        threshold={threshold}
        onThreshold={setThreshold}
        frames={part.frames}
        frame={frame}
        onFrame={setFrame}
        trans={trans}
      />
      <DetectionsNotes
        part={part}
        shown={things.length}
        natural={natural}
        trans={trans}
      />
      <ThingList
        part={part}
        things={things}
        classes={classes}
        size={size}
        active={active}
        onActive={setActive}
        trans={trans}
      />
    </section>
  );
}

/** Everything, unless it is too much to look at. */
function firstThreshold({ items }: IDetectionsPart): number {
  const scores = items
    .flatMap(({ score }) => score ?? [])
    .sort((a, b) => b - a);
  return scores.length > SHOWN_AT_FIRST
    ? Math.floor(scores[SHOWN_AT_FIRST - 1] * 100) / 100
    : Math.min(0, scores[scores.length - 1] ?? 0);
}
