import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { strToU8, zipSync } from 'fflate';
import type { IDetection } from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { AnswerView } from '../answerView';
import { classesOf } from '../things';
import { giveBlobs, viewOf } from './view';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const THINGS = [
  { label: 'cat', score: 0.9, box: [10, 20, 110, 220] },
  { label: '<img src=x onerror=alert(1)>', score: 0.5, box: [0, 0, 50, 50] },
  { label: 'cat', score: 0.2, polygon: [[5, 5], [90, 5], [90, 90]] } // prettier-ignore
];

async function show(...args: Parameters<typeof viewOf>): Promise<HTMLElement> {
  const { container } = render(<AnswerView view={await viewOf(...args)} />);
  return container;
}

describe('An answer', () => {
  beforeAll(giveBlobs);

  describe('with things that were found', () => {
    const shapes = (root: HTMLElement) => root.querySelectorAll('.jp-mod-line');

    it('draws each, in the colour of its class, and names it as text', async () => {
      const root = await show(THINGS);
      expect(shapes(root)).toHaveLength(3);
      expect(root.querySelector('img')).toBeNull();
      const colours = classesOf(
        THINGS.map(thing => ({ ...thing, frame: 0 })) as IDetection[]
      ).map(({ colour }) => colour);
      expect(new Set(colours).size).toBe(2);
      screen.getByText('3 of 3 shown.');
      expect(
        screen.getAllByText('<img src=x onerror=alert(1)>', { exact: false })
          .length
      ).toBeGreaterThan(1);
    });

    it('hides what is below the threshold, and classes that are switched off', async () => {
      const root = await show(THINGS);
      fireEvent.change(screen.getByRole('slider'), {
        target: { value: '0.4' }
      });
      screen.getByText('2 of 3 shown.');
      await userEvent.click(screen.getByRole('checkbox', { name: /^cat/ }));
      screen.getByText('1 of 3 shown.');
      expect(shapes(root)).toHaveLength(1);
      await userEvent.click(screen.getByRole('button', { name: 'All' }));
      expect(shapes(root)).toHaveLength(2);
      await userEvent.click(screen.getByRole('button', { name: 'None' }));
      expect(shapes(root)).toHaveLength(0);
    });

    it('marks the one that has the focus, by arrow keys too', async () => {
      const root = await show(THINGS);
      const [first, second] = within(screen.getByRole('list')).getAllByRole(
        'button'
      );
      act(() => first.focus());
      await userEvent.keyboard('{ArrowDown}');
      expect(document.activeElement).toBe(second);
      expect(second.getAttribute('aria-pressed')).toBe('true');
      expect(root.querySelectorAll('g[data-active="true"]')).toHaveLength(1);
    });

    it('zooms by keys where the picture has the focus', async () => {
      const root = await show(THINGS);
      const picture = screen.getByRole('group', { name: /Picture with/ });
      act(() => picture.focus());
      await userEvent.keyboard('+');
      expect(root.querySelector('[data-fit]')!.getAttribute('data-fit')).toBe(
        'false'
      );
      screen.getByText('150%');
      await userEvent.keyboard('0');
      expect(screen.queryByText('150%')).toBeNull();
    });

    it('says that nothing was found', async () => {
      await show({ boxes: [], labels: [], scores: [] });
      screen.getByText('Nothing was found.');
      expect(screen.queryByRole('slider')).toBeNull();
    });

    it('draws a part of very many, and says so', async () => {
      const many = Array.from({ length: 5000 }, (_, at) => ({
        label: 'x',
        score: (at % 100) / 100,
        box: [at, 0, at + 5, 5]
      }));
      const root = await show(many);
      screen.getByText(/The answer has 5,000; only the first 2,000/);
      expect(shapes(root).length).toBeLessThanOrEqual(220);
    });

    it('lets one choose among several pictures', async () => {
      const root = await show([[THINGS[0]], [THINGS[0], THINGS[1]]]);
      expect(shapes(root)).toHaveLength(1);
      fireEvent.change(screen.getByRole('spinbutton'), {
        target: { value: '2' }
      });
      expect(shapes(root)).toHaveLength(2);
    });
  });

  it('with rows is a table that grows on demand', async () => {
    await show(Array.from({ length: 250 }, (_, n) => ({ n, half: n / 2 })));
    expect(screen.getAllByRole('row')).toHaveLength(101);
    screen.getByText(/The first 100 of 250 rows/);
    await userEvent.click(screen.getByRole('button', { name: /more rows/ }));
    expect(screen.getAllByRole('row')).toHaveLength(201);
  });

  it('in CSV is a table, with quotes and separators in cells', async () => {
    await show('name;n\n"a; <b>";1.5\nc;', 'text/csv');
    await screen.findByRole('cell', { name: 'a; <b>' });
    screen.getByRole('columnheader', { name: 'n' });
    screen.getByText('2 rows.');
  });

  it('with files as base64 shows them, and lets one save them', async () => {
    await show({ note: 'x', output: { mask_overlay: PNG } });
    await screen.findByAltText('The picture that was answered');
    screen.getByRole('button', { name: /Download output\.mask_overlay\.png/ });
  });

  it('in HTML or SVG is shown as text and runs nothing', async () => {
    const root = await show('<script>x</script><b>hi</b>', 'text/html');
    expect(screen.getByLabelText('Answer').textContent).toContain('<script>');
    expect(root.querySelector('script, b')).toBeNull();
    const svg = await show('<svg onload="x()"></svg>', 'image/svg+xml');
    expect(svg.querySelector('pre')!.textContent).toContain('onload');
    expect(svg.querySelector('pre svg, img')).toBeNull();
  });

  it('of other data is a tree that is opened step by step', async () => {
    await show({ a: { b: { c: 'deep' } }, list: Array(500).fill('item') });
    expect(screen.queryByText('"deep"')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /b:/ }));
    screen.getByText('"deep"');
    expect(screen.queryByText('"item"')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /list:/ }));
    expect(screen.getAllByText('"item"')).toHaveLength(100);
    await userEvent.click(screen.getByRole('button', { name: /Show more/ }));
    expect(screen.getAllByText('"item"')).toHaveLength(200);
  });

  it('that is a NumPy file says its shape', async () => {
    const header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (480, 640), }\n";
    const head = `\u0093NUMPY\u0001\u0000v\u0000${header}`;
    await show(Buffer.from(head, 'latin1'), 'application/octet-stream');
    await screen.findByText(/480 × 640 of type <f4/);
  });

  describe('that is an archive', () => {
    it('lists its files, shows one and names it without its folders', async () => {
      const zip = zipSync({
        'scores/a.csv': strToU8('x,y\n1,2'),
        '../../evil.txt': strToU8('hello')
      });
      await show(zip, 'application/zip');
      await screen.findByText('scores/a.csv');
      await userEvent.click(
        screen.getByRole('button', { name: 'Show scores/a.csv' })
      );
      await screen.findByRole('columnheader', { name: 'y' });
      const click = jest
        .spyOn(HTMLAnchorElement.prototype, 'click')
        .mockImplementation(function (this: HTMLAnchorElement) {
          expect(this.download).toBe('evil.txt');
        });
      await userEvent.click(
        screen.getByRole('button', { name: 'Download ../../evil.txt' })
      );
      expect(click).toHaveBeenCalledTimes(1);
      click.mockRestore();
    });

    it('is said to be broken where it is', async () => {
      await show(strToU8('PK\u0003\u0004 nothing follows'), 'application/zip');
      await screen.findByText(/This archive cannot be read/);
    });
  });
});
