import { buildWorkers } from '../../models/__tests__/surroundings';
import { Expressions, valueIn } from '../expressions';

describe('expressions', () => {
  let expressions: Expressions;

  beforeAll(() => buildWorkers());
  beforeEach(() => {
    expressions = new Expressions({ timeMs: 500, memoryMb: 64 });
  });
  afterEach(() => expressions.close());

  it('are JSONata over a value, with what they are told beside it', async () => {
    const value = { labels: ['cat', 'dog'], probabilities: [0.9, 0.1] };
    const bindings = { origin: { name: 'a.jpg' }, steps: { one: { x: 3 } } };
    const texts = [
      'labels[0]',
      '$origin.name & ": " & $string($steps.one.x)',
      'probabilities[$ > 0.5]',
      'gone'
    ];
    const answers = await expressions.evaluate(texts, value, bindings);
    expect(answers.map((each, at) => valueIn(each, texts[at]))).toEqual([
      'cat',
      'a.jpg: 3',
      0.9,
      undefined
    ]);
  });

  it('that are no JSONata fail with their place', async () => {
    const [answer, good] = await expressions.check(['$.a +', '$.a']);
    expect(answer.problem).toMatchObject({
      message: expect.stringContaining('end of expression'),
      position: 5
    });
    expect(good).toEqual({});
    await expect(expressions.valueOf('$.a +', {})).rejects.toMatchObject({
      key: 'expression-failed',
      detail: expect.stringContaining('(at character 5)')
    });
  });

  it.each([
    ['loop', '($f := function($x) { $f($x) }; $f(1))', /0\.5|time|timeout/i],
    [
      'go too deep',
      '($f := function($x) { 1 + $f($x) }; $f(1))',
      /stack|deep/i
    ],
    [
      'double a text without end',
      '($f := function($x) { $f($x & $x) }; $f("abcdefgh"))',
      /memory|long|time/i
    ],
    ['make a huge list', '[1..9999999]', /sequence|long|memory|range|size/i],
    [
      'hold on to more and more',
      '$reduce([1..900000], function($all, $x) { $append($all, [[$x, $x, $x, $x]]) })',
      /memory|time|limit/i
    ],
    [
      'look for a pattern that never ends',
      '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)',
      /did not end/
    ]
  ])(
    'that %s end in words, and the next one is evaluated',
    async (_, text, says) => {
      const [answer] = await expressions.evaluate([text], {});
      expect(answer.problem?.message).toMatch(says);
      expect(await expressions.valueOf('1 + 1', {})).toBe(2);
    }
  );

  it('that were asked together do not suffer for one that never ends', async () => {
    const endless =
      '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)';
    const asked = Array.from({ length: 20 }, (_, index) =>
      expressions.evaluate([index === 7 ? endless : `${index} + 1`], {})
    );
    const answers = (await Promise.all(asked)).flat();
    expect(answers[7].problem?.message).toMatch(/did not end/);
    const others = answers.filter(({ problem }) => !problem);
    expect(
      others.map(({ json }) => Number(json)).sort((a, b) => a - b)
    ).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1).filter(n => n !== 8)
    );
  });
});
