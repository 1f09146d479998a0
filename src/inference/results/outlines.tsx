import * as React from 'react';
import type { IOverlayProps } from './stage';
import { boundsOf, factorsOf, IThing } from './things';

/** Boxes and outlines as vectors. Those who cannot see them have the list below. */
export function Outlines(props: IOverlayProps): JSX.Element {
  const { part, things, classes, size, active, onActive } = props;
  const factors = factorsOf(part, size);
  const colours = new Map(classes.map(({ label, colour }) => [label, colour]));
  // Small ones last, so that they can be pointed at inside of large ones.
  const ordered = [...things].sort(
    (a, b) => areaOf(b, factors) - areaOf(a, factors)
  );
  return (
    <svg
      aria-hidden="true"
      className="jp-DeepResults-outlines"
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="none"
      data-active={active !== null}
      onMouseLeave={() => onActive(null)}
    >
      {ordered.map(thing => (
        <g
          key={thing.id}
          data-active={thing.id === active}
          style={{ color: colours.get(thing.label) }}
          onMouseEnter={() => onActive(thing.id)}
        >
          <Shape thing={thing} factors={factors} className="jp-mod-halo" />
          <Shape thing={thing} factors={factors} className="jp-mod-line" />
        </g>
      ))}
    </svg>
  );
}

interface IShapeProps {
  thing: IThing;
  factors: { x: number; y: number };
  className: string;
}

function Shape({ thing, factors, className }: IShapeProps): JSX.Element {
  const bounds = thing.box && boundsOf(thing, factors);
  return (
    <>
      {bounds && (
        <rect
          className={className}
          x={bounds.left}
          y={bounds.top}
          width={bounds.width}
          height={bounds.height}
        />
      )}
      {thing.polygons?.map((points, index) => (
        <polygon
          key={index}
          className={className}
          points={points
            .map((value, at) => value * (at % 2 === 0 ? factors.x : factors.y))
            .join(' ')}
        />
      ))}
    </>
  );
}

function areaOf(thing: IThing, factors: IShapeProps['factors']): number {
  const { width, height } = boundsOf(thing, factors) ?? {
    width: 0,
    height: 0
  };
  return width * height;
}
