import {
  bitmapOf,
  IDetectionsPart,
  recognise,
  ResultPart
} from '../../results';

const only = (parts: ResultPart[]): IDetectionsPart => {
  expect(parts.map(({ kind }) => kind)).toEqual(['detections']);
  return parts[0] as IDetectionsPart;
};

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('recognise finds boxes', () => {
  it.each([
    ['corners in a list', { box: [10, 20, 30, 60] }],
    ['named corners', { xmin: 10, ymin: 20, xmax: 30, ymax: 60 }],
    [
      'named corners in a box',
      { box: { xmin: 10, ymin: 20, xmax: 30, ymax: 60 } }
    ],
    ['Ultralytics', { box: { x1: 10, y1: 20, x2: 30, y2: 60 } }],
    ['corner and size by name', { bbox: { x: 10, y: 20, w: 20, h: 40 } }],
    ['left, top, width, height', { left: 10, top: 20, width: 20, height: 40 }],
    ['size said by the name', { bbox_xywh: [10, 20, 20, 40] }],
    ['size said beside it', { bbox: [10, 20, 20, 40], box_format: 'xywh' }],
    ['COCO', { bbox: [10, 20, 20, 40], image_id: 1, category_id: 7 }],
    ['a centre with a size', { cx: 20, cy: 40, w: 20, h: 40 }],
    ['text for numbers', { bbox: ['10', '20.0', '30', '6e1'] }],
    ['two corners', { bbox: [[10, 20], [30, 60]] }], // prettier-ignore
    ['corners in the wrong order', { box: [30, 60, 10, 20] }],
    [
      'corners as the text of Python tuples',
      {
        'rectangle Coodinates': {
          coords: [
            { 'Coordinates 1': '(10.0, 20.0)' },
            { 'Coordinates 2': '(30.0, 60.0)' }
          ]
        }
      }
    ]
  ])('as %s', (_, place) => {
    const predictions = [{ label: 'cat', score: '0.9', ...place }];
    const { items, units } = only(recognise({ status: 'OK', predictions }));
    expect(items).toMatchObject([{ box: [10, 20, 30, 60], frame: 0 }]);
    expect(units).toBe('pixels');
    expect(items[0].score).toBe(0.9);
  });

  it('takes plain lists of four for corners', () => {
    const part = only(recognise([{ label: 'a', bbox: [10, 20, 20, 40] }]));
    expect(part.items[0].box).toEqual([10, 20, 20, 40]);
  });

  it('in the answer of Ultralytics, as JSON text in a list of pictures', () => {
    const one = { name: 'dog', class: 16, confidence: 0.8 };
    const first = [{ ...one, box: { x1: 1, y1: 2, x2: 30, y2: 40 } }];
    const second = [
      {
        ...one,
        box: { x1: 5, y1: 6, x2: 70, y2: 80 },
        segments: { x: [5, 70, 70], y: [6, 6, 80] }
      }
    ];
    const predictions = [JSON.stringify(first), '[]', JSON.stringify(second)];
    const part = only(recognise({ status: 'OK', predictions }));
    expect(part.frames).toBe(3);
    expect(part.items).toEqual([
      { label: 'dog', score: 0.8, box: [1, 2, 30, 40], frame: 0 },
      {
        label: 'dog',
        score: 0.8,
        box: [5, 6, 70, 80],
        polygons: [[5, 6, 70, 6, 70, 80]],
        frame: 2
      }
    ]);
  });

  it('in the lists of torchvision, as JSON text', () => {
    const answer = [
      { boxes: [[1, 2, 30, 40], [5, 6, 7, 8]], labels: [3, 1], scores: [0.9, 0.2] } // prettier-ignore
    ];
    const part = only(recognise(JSON.stringify(answer)));
    expect(part.items.map(({ label, score }) => [label, score])).toEqual([
      ['3', 0.9],
      ['1', 0.2]
    ]);
  });

  it('in the lists of TensorFlow, whose numbers begin with y', () => {
    const part = only(
      recognise({
        detection_boxes: [[0.2, 0.1, 0.6, 0.3]],
        detection_classes: [18],
        detection_scores: [0.7],
        category_index: { 18: { id: 18, name: 'dog' } }
      })
    );
    expect(part.items[0]).toMatchObject({
      label: 'dog',
      box: [0.1, 0.2, 0.3, 0.6]
    });
    expect(part.units).toBe('fraction');
  });

  it('in raw rows of six numbers', () => {
    const part = only(
      recognise({
        names: { 0: 'fish', 1: 'crab' },
        boxes: [[1, 2, 30, 40, 0.5, 1]]
      })
    );
    expect(part.items[0]).toMatchObject({ label: 'crab', score: 0.5 });
  });

  it('in a COCO file, with names and the size of the picture', () => {
    const part = only(
      recognise({
        images: [{ id: 1, width: 640, height: 480 }],
        annotations: [
          {
            image_id: 1,
            category_id: 2,
            bbox: [10, 20, 20, 40],
            segmentation: [[10, 20, 30, 20, 30, 60]]
          }
        ],
        categories: [{ id: 2, name: 'boat' }]
      })
    );
    expect(part.items[0]).toMatchObject({
      label: 'boat',
      box: [10, 20, 30, 60],
      polygons: [[10, 20, 30, 20, 30, 60]]
    });
    expect(part.size).toEqual({ width: 640, height: 480 });
  });

  it('that are none: nothing was found', () => {
    const part = only(recognise({ boxes: [], labels: [], scores: [] }));
    expect(part.items).toEqual([]);
    expect(part.total).toBe(0);
  });
});

describe('recognise finds outlines and masks', () => {
  it.each([
    ['points of two', { polygon: [[1, 2], [30, 4], [5, 60]] }], // prettier-ignore
    ['points with names', { points: [{ x: 1, y: 2 }, { x: 30, y: 4 }, { x: 5, y: 60 }] }], // prettier-ignore
    ['flat numbers', { segmentation: [1, 2, 30, 4, 5, 60] }],
    ['x and y apart', { segments: { x: [1, 30, 5], y: [2, 4, 60] } }]
  ])('as %s', (_, place) => {
    const part = only(recognise({ objects: [{ label: 'leaf', ...place }] }));
    expect(part.items[0].polygons).toEqual([[1, 2, 30, 4, 5, 60]]);
  });

  it('as a picture, with and without a prefix', () => {
    const part = only(
      recognise([
        { label: 'a', mask: PNG },
        { label: 'b', mask: `data:image/png;base64,${PNG}` }
      ])
    );
    expect(part.items.map(({ mask }) => mask)).toEqual([
      { form: 'picture', base64: PNG },
      { form: 'picture', base64: PNG }
    ]);
  });

  it('as run lengths, column by column', () => {
    const part = only(
      recognise([
        { label: 'a', segmentation: { size: [2, 3], counts: [1, 2, 3] } }
      ])
    );
    expect(bitmapOf(part.items[0].mask!)).toEqual({
      width: 3,
      height: 2,
      pixels: Uint8Array.from([0, 1, 0, 1, 0, 0])
    });
  });

  it('as a map of classes, with a mask for each but the background', () => {
    const row = [0, 0, 1, 2];
    const part = only(
      recognise({
        segmentation_map: [row, row, row, row],
        names: { 1: 'water', 2: 'sand' }
      })
    );
    expect(part.items.map(({ label }) => label)).toEqual(['water', 'sand']);
    const [water] = part.items;
    expect([...bitmapOf(water.mask!)!.pixels.slice(0, 4)]).toEqual([
      0, 0, 1, 0
    ]);
  });

  it('as shares, where more than one half is inside', () => {
    const row = [0.1, 0.4, 0.6, 0.9];
    const part = only(recognise({ mask: [row, row, row, row] }));
    expect([...bitmapOf(part.items[0].mask!)!.pixels.slice(0, 4)]).toEqual([
      0, 0, 1, 1
    ]);
  });

  it('makes a large mask smaller', () => {
    const rows = Array.from({ length: 3000 }, () => new Array(2000).fill(1));
    const bitmap = bitmapOf({ form: 'grid', rows })!;
    expect(bitmap.width).toBeLessThanOrEqual(1024);
    expect(bitmap.height).toBeLessThanOrEqual(1024);
    expect(bitmap.pixels.every(pixel => pixel === 1)).toBe(true);
  });
});

describe('recognise holds out against hostile answers', () => {
  it('takes a part of a million boxes, quickly, and says how many there are', () => {
    const boxes = Array.from({ length: 1_000_000 }, (_, index) => ({
      label: 'x',
      score: 0.5,
      box: [index, index, index + 5, index + 5]
    }));
    const begin = performance.now();
    const part = only(recognise({ predictions: boxes }));
    expect(performance.now() - begin).toBeLessThan(500);
    expect(part.total).toBe(1_000_000);
    expect(part.items).toHaveLength(2000);
  });

  it('counts boxes that are no numbers instead of drawing them', () => {
    const part = only(
      recognise([
        { label: 'a', box: [1, 2, 30, 40] },
        { label: 'b', box: ['NaN', 'Infinity', 3, 4] },
        { label: 'c', box: [1, 2, 30, 40] }
      ])
    );
    expect(part.items.map(({ label }) => label)).toEqual(['a', 'c']);
    expect(part.unreadable).toBe(1);
  });

  it('turns negative sizes round', () => {
    const part = only(
      recognise([{ label: 'a', bbox: { x: 30, y: 60, w: -20, h: -40 } }])
    );
    expect(part.items[0].box).toEqual([10, 20, 30, 60]);
  });

  it('does not follow deep nesting', () => {
    let nested: unknown = [{ label: 'a', box: [1, 2, 3, 4] }];
    for (let depth = 0; depth < 50_000; depth++) {
      nested = { nested };
    }
    expect(recognise(nested)).toEqual([]);
  });

  it('refuses run lengths of absurd sizes', () => {
    const mask = { size: [1e9, 1e9], counts: [0, 1e18] };
    expect(recognise([{ label: 'a', segmentation: mask }])[0]?.kind).not.toBe(
      'detections'
    );
  });

  it('reads no names from the prototype', () => {
    const part = only(recognise([{ class: 'constructor', box: [1, 2, 3, 4] }]));
    expect(part.items[0].label).toBe('constructor');
  });
});
