import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import path from 'node:path';
import { DetectorServer } from './detectorServer';
import { OwnServer } from './ownServer';

const PORT = 18958;
const PHOTO = path.join(__dirname, '../../examples/photos/cat.jpg');
const json = (value: unknown) => ({
  contentType: 'application/json',
  body: JSON.stringify(value)
});

const SQUARE = [0.1, 0.15, 0.62, 0.95];
const REPLIES = {
  boxes: json({
    status: 'OK',
    predictions: [
      { label: 'cat', score: 0.93, box: SQUARE, segmentation: [[0.2, 0.3, 0.5, 0.2, 0.6, 0.8, 0.3, 0.9]] }, // prettier-ignore
      { label: 'ear <b>', score: 0.71, bbox: [0.22, 0.17, 0.3, 0.32] },
      { label: 'ear <b>', score: 0.66, bbox: [0.42, 0.16, 0.5, 0.3] },
      { label: 'sofa', score: 0.31, bbox: [0.02, 0.5, 0.98, 0.99] }
    ]
  }),
  map: json({
    segmentation_map: Array.from({ length: 60 }, (_, y) =>
      Array.from({ length: 80 }, (_, x) =>
        Math.hypot(x - 30, y - 32) < 18 ? 1 : y > 45 ? 2 : 0
      )
    ),
    names: { 1: 'cat', 2: 'floor' }
  }),
  series: json({
    rows: Array.from({ length: 48 }, (_, hour) => ({
      time: new Date(Date.UTC(2024, 0, 1, hour)).toISOString(),
      height: Math.sin(hour / 4) + 2,
      wind: Math.cos(hour / 7) * 3 + 5
    }))
  })
};

test.describe('results people look at', () => {
  const detector = new DetectorServer(REPLIES);
  const server = new OwnServer(PORT);

  test.beforeAll(async () => {
    await detector.start();
    await server.start();
  });

  test.afterAll(async () => {
    await server.stop();
    await detector.stop();
  });

  /** The page of the detector, connected by its address as *Connect to a running module…* does. */
  async function openDetector(page: Page): Promise<void> {
    await page.goto(`${server.origin}/lab`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    const module: string = await page.evaluate(async address => {
      const token = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const reply = await fetch('/deep/deployments/connections', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-xsrftoken': decodeURIComponent(token)
        },
        body: JSON.stringify({ address, allowPrivate: true })
      });
      const deployment = await reply.json();
      return deployment.module;
    }, detector.address);
    await page.goto(`${server.origin}/lab?deep-module=${module}`);
    await page.getByRole('tab', { name: 'Try', exact: true }).click({
      timeout: 60_000
    });
    await page.getByLabel('File of this computer').setInputFiles(PHOTO);
  }

  async function predict(page: Page, form: string): Promise<void> {
    const field = page.getByLabel(/^form/i);
    if (!(await field.isVisible())) {
      await page.getByText('More options').click();
    }
    await field.selectOption({ label: form });
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await expect(page.getByText('Done.', { exact: true })).toBeVisible({
      timeout: 60_000
    });
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (process.env.DEEP_PICTURES) {
      const folder = process.env.DEEP_PICTURES;
      await page.screenshot({ path: path.join(folder, `${name}.png`) });
    }
  }

  test('draws boxes over the photo, hides the weak and the unwanted, and saves the answer', async ({
    page
  }) => {
    await openDetector(page);
    await predict(page, 'boxes');
    const found = page.getByRole('region', { name: 'What was found' });
    const boxes = found.locator('svg rect.jp-mod-line');
    await expect(boxes).toHaveCount(4);
    const image = (await found.getByRole('img').boundingBox())!;
    const cat = (await found
      .locator('.jp-DeepResults-names span', { hasText: 'cat' })
      .boundingBox())!;
    expect((cat.x - image.x) / image.width).toBeCloseTo(0.1, 1);
    await expect(found.getByText('ear <b>').first()).toBeVisible();
    await picture(page, 'boxes-light');

    await found.getByRole('slider').fill('0.5');
    await expect(boxes).toHaveCount(3);
    await found.getByRole('checkbox', { name: /ear/ }).uncheck();
    await expect(boxes).toHaveCount(1);
    await found.getByRole('button', { name: 'All', exact: true }).click();
    await found.getByRole('button', { name: /^cat/ }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(
      found.getByRole('button', { name: /^ear/ }).first()
    ).toHaveAttribute('aria-pressed', 'true');
    await picture(page, 'boxes-focus');

    for (const name of ['cat-detector.json', 'cat-detector-2.json']) {
      await page.getByRole('button', { name: 'Save to Jupyter' }).click();
      await expect(page.getByText(`Saved as ${name}`)).toBeVisible();
    }
    await page.getByRole('button', { name: 'Send to a notebook' }).click();
    await expect(
      page.getByRole('tab', { name: 'cat-detector-3.ipynb' })
    ).toBeVisible({ timeout: 30_000 });
    await expect(
      page.getByText('readFileSync("cat-detector-3.json"')
    ).toBeVisible();
  });

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    test(`axe finds nothing serious in ${theme}, wide and narrow`, async ({
      page
    }) => {
      await page.goto(`${server.origin}/lab`);
      await setTheme(page, theme);
      await page.setViewportSize({ width: 1280, height: 1100 });
      await openDetector(page);
      for (const form of ['map', 'series', 'boxes'] as const) {
        await predict(page, form);
        const shown =
          form === 'series'
            ? page.getByRole('img', { name: /Chart of height/ })
            : page.getByRole('region', { name: 'What was found' });
        await shown.scrollIntoViewIfNeeded();
        await picture(page, `${form}-${theme.split(' ')[1]}`);
        const { violations } = await new AxeBuilder({ page })
          .include('.jp-DeepInference-page')
          .analyze();
        const serious = violations.filter(({ impact }) =>
          ['serious', 'critical'].includes(impact ?? '')
        );
        expect(serious).toEqual([]);
      }
      await page.setViewportSize({ width: 620, height: 1100 });
      await page
        .getByRole('region', { name: 'What was found' })
        .scrollIntoViewIfNeeded();
      await picture(page, `narrow-${theme.split(' ')[1]}`);
      // Lab lays its panels out some frames after the window has changed.
      await expect
        .poll(() =>
          page
            .locator('.jp-DeepInference-page')
            .evaluate(node => node.scrollWidth - node.clientWidth)
        )
        .toBeLessThanOrEqual(1);
    });
  }
});

/** As the settings keep it: the next page has it. */
async function setTheme(page: Page, theme: string): Promise<void> {
  const status = await page.evaluate(async theme => {
    const token = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
    const reply = await fetch(
      '/lab/api/settings/@jupyterlab/apputils-extension:themes',
      {
        method: 'PUT',
        headers: { 'x-xsrftoken': decodeURIComponent(token) },
        body: JSON.stringify({ raw: JSON.stringify({ theme }) })
      }
    );
    return reply.status;
  }, theme);
  expect(status).toBe(204);
}
