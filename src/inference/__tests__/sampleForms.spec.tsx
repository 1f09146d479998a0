import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModuleApi } from '@jupyterlab-deep/protocol';
import {
  modelPathsIn,
  predictSchema
} from '../../../kernel-helpers/src/deepaas/swagger';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { API, MODULE, READY, RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { readOperations } from '../swagger';
import { IOpenPage, openPage } from './openPage';

const SAMPLES = path.join(
  process.env.DEEP_TEST_DATA ?? 'nowhere',
  'samples/deepaas/swagger'
);
const names = existsSync(SAMPLES) ? readdirSync(SAMPLES) : [];
const withSamples = names.length > 0 ? describe : describe.skip;
const why = names.length > 0 ? '' : ' (skipped: needs DEEP_TEST_DATA)';

describe('The form of a module', () => {
  let server: StandInServer;
  let opened: IOpenPage;

  const open = async (
    predict: unknown,
    accepts: string[],
    swagger?: unknown
  ) => {
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => ({
        ...MODULE,
        examples: []
      }),
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': (): ModuleApi => ({
        ...API,
        predict,
        accepts,
        swagger
      }),
      'POST inference/predictions': () => RUN
    });
    opened = openPage(server, MODULE);
    await userEvent.click(await screen.findByRole('tab', { name: 'Try' }));
    await screen.findByRole('button', { name: 'Predict' });
    const more = document.querySelector('details');
    if (more) {
      // jsdom opens nothing by itself.
      more.open = true;
      fireEvent(more, new Event('toggle'));
    }
  };

  const form = () => document.querySelector<HTMLElement>('form')!;
  const sent = () =>
    server.requestsOf('POST', 'inference/predictions').at(-1)?.body as {
      arguments: object;
      accept?: string;
    };
  const predict = async () => {
    await userEvent.click(screen.getByRole('button', { name: 'Predict' }));
    await waitFor(() => expect(sent()).toBeDefined());
  };

  afterEach(() => opened.dispose());

  withSamples(`of a sample swagger${why}`, () => {
    const models = names.flatMap(name => {
      const swagger: unknown = JSON.parse(
        readFileSync(path.join(SAMPLES, name), 'utf8')
      );
      return modelPathsIn(swagger).map(
        model => [name, model, swagger] as const
      );
    });

    it.each(models)(
      '%s, %s has a field for everything',
      async (_, model, swagger) => {
        const { schema, accepts } = predictSchema(swagger, model);
        await open(schema, accepts, swagger);
        const titles = Object.keys(schema.properties ?? {});
        for (const name of titles) {
          const title = titleOf(name);
          const found = [
            ...within(form()).queryAllByLabelText(title, { exact: false }),
            ...within(form()).queryAllByRole('group', { name: title })
          ];
          expect([name, found.length > 0]).toEqual([name, true]);
        }
        expect(form().textContent).not.toMatch(/unsupported|unknown field/i);
        expect(readOperations(swagger).length).toBeGreaterThan(4);
      }
    );
  });

  it('has a field that fits each type, and sends what was typed', async () => {
    await open(
      {
        type: 'object',
        properties: {
          threshold: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
          count: { type: 'integer', default: 3 },
          flag: { type: 'boolean', default: false },
          mode: { type: 'string', enum: ['fast', 'best'], default: 'fast' },
          urls: { type: 'array', items: { type: 'string' } },
          weights: {
            type: 'array',
            items: { type: 'number' },
            default: [0.1, 0.2]
          },
          link: { type: 'string', format: 'uri', default: '' },
          when: { type: 'string', format: 'date' },
          secret: { type: 'string', format: 'password' },
          settings: { type: 'object' },
          options: { type: 'string', default: "{'a': 0}" }
        }
      },
      ['application/json', 'image/png', '*/*']
    );
    const user = userEvent.setup();
    const field = (name: string) => within(form()).getByLabelText(name);
    const select = (name: string, choice: string) => {
      const list = field(name) as HTMLSelectElement;
      const { value } = [...list.options].find(({ text }) => text === choice)!;
      fireEvent.change(list, { target: { value } });
    };
    fireEvent.change(field('Threshold'), { target: { value: '0.25' } });
    fireEvent.change(field('Count'), { target: { value: '7' } });
    await user.click(field('Flag'));
    select('Mode', 'best');
    await user.click(
      screen.getByRole('button', { name: 'Add a value to Urls' })
    );
    const urls = screen.getByRole('group', { name: 'Urls' });
    fireEvent.change(within(urls).getByRole('textbox'), {
      target: { value: 'a "b"' }
    });
    const weights = screen.getByRole('group', { name: 'Weights' });
    await user.click(
      within(weights).getByRole('button', { name: 'Remove value 1' })
    );
    fireEvent.change(field('When'), { target: { value: '2026-01-02' } });
    fireEvent.change(field('Secret'), { target: { value: 'hush' } });
    expect(field('Secret').getAttribute('type')).toBe('password');
    fireEvent.change(field('Settings'), { target: { value: '{"a": [1' } });
    screen.getByText('This is no JSON yet.');
    fireEvent.change(field('Settings'), { target: { value: '{"a": [1]}' } });
    fireEvent.change(field('Options'), { target: { value: "{'b': None}" } });
    select('Answer as', 'image/png');
    await predict();
    expect(sent()).toMatchObject({
      arguments: {
        threshold: 0.25,
        count: 7,
        flag: true,
        mode: 'best',
        urls: ['a "b"'],
        weights: [0.2],
        when: '2026-01-02',
        secret: 'hush',
        settings: { a: [1] },
        options: "{'b': None}"
      },
      accept: 'image/png'
    });
    // Its empty default would be refused by the module.
    expect(sent().arguments).not.toHaveProperty('link');
  });

  it('sends nothing that nobody has chosen', async () => {
    await open(
      {
        type: 'object',
        properties: {
          note: { type: 'string' },
          list: { type: 'array', items: { type: 'string' } },
          flag: { type: 'boolean', default: true },
          box: {
            type: 'object',
            properties: {
              left: { type: 'integer', default: 2 },
              corners: { type: 'array', items: { type: 'number' } }
            }
          }
        }
      },
      []
    );
    fireEvent.change(within(form()).getByLabelText('Note'), {
      target: { value: 'x' }
    });
    await predict();
    expect(sent().arguments).toEqual({ note: 'x' });
  });

  it('has fields for parts, and JSON for what has none, or types that nobody knows', async () => {
    await open(
      {
        type: 'object',
        properties: {
          box: {
            type: 'object',
            properties: {
              left: { type: 'integer' },
              note: { type: ['string', 'null'], default: null }
            }
          },
          tree: { $ref: '#/definitions/Tree' },
          deep: {
            type: 'object',
            properties: {
              a: { type: 'object', properties: { b: { type: 'object' } } }
            }
          },
          strange: { type: 'colour', description: { not: 'text' } },
          nothing: {},
          matrix: { type: 'array', items: { type: 'array' } }
        }
      },
      ['application/json']
    );
    const change = (name: string, value: string) =>
      fireEvent.change(within(form()).getByLabelText(name), {
        target: { value }
      });
    change('Left', '4');
    change('Tree', '{"a":{"b":null}}');
    change('Deep', '{"a":{"b":{}}}');
    change('Strange', 'red');
    change('Nothing', 'x');
    change('Matrix', '[[1],[2]]');
    await predict();
    expect(sent().arguments).toEqual({
      box: { left: 4 },
      tree: { a: { b: null } },
      deep: { a: { b: {} } },
      strange: 'red',
      nothing: 'x',
      matrix: [[1], [2]]
    });
  });

  it('refuses text where JSON is wanted, at its field', async () => {
    await open(
      { type: 'object', properties: { settings: { type: 'object' } } },
      []
    );
    fireEvent.change(within(form()).getByLabelText('Settings'), {
      target: { value: '{a: 1}' }
    });
    await userEvent.click(screen.getByRole('button', { name: 'Predict' }));
    await screen.findByText(/It must be JSON with names and values/);
    expect(sent()).toBeUndefined();
  });

  it('stays usable with 2,000 arguments', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [
        `option_${index}`,
        { type: 'number', default: index, description: `About ${index}` }
      ])
    );
    const startedMs = performance.now();
    await open({ type: 'object', properties, required: ['option_3'] }, []);
    const count = () => form().querySelectorAll('input[type=number]').length;
    expect(count()).toBeLessThan(60);
    const search = screen.getByRole('searchbox', { name: 'Find an option' });
    fireEvent.change(search, { target: { value: '1777' } });
    expect(count()).toBe(2);
    fireEvent.change(screen.getByLabelText('Option 1777'), {
      target: { value: '5' }
    });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await predict();
    expect(sent().arguments).toEqual({ option_3: 3, option_1777: 5 });
    fireEvent.change(search, { target: { value: 'zzz' } });
    screen.getByText('No option matches “zzz”.');
  });

  it('takes a file from the web, and asks where it is not public', async () => {
    await open(API.predict, API.accepts);
    const zone = screen.getByRole('group', { name: 'Image' });
    const user = userEvent.setup();
    await user.click(
      within(zone).getByRole('button', { name: 'From the web…' })
    );
    const address = within(zone).getByLabelText('Address of the file');
    await user.type(address, 'ftp://x/{Enter}');
    await within(zone).findByText(/is no address of the web/);
    await user.clear(address);
    await user.type(address, 'http://10.0.0.1/a%20cat.png{Enter}');
    await within(zone).findByText('a cat.png');
    const detail = '10.0.0.1 is not a public address.';
    server.routes['POST inference/predictions'] = () =>
      new Response(
        JSON.stringify({
          type: 'urn:jupyterlab-deep:address-private',
          title: 'x',
          status: 422,
          detail,
          fields: { image: [detail] }
        }),
        { status: 422 }
      );
    await predict();
    await user.click(
      await within(zone).findByRole('checkbox', { name: /I mean this address/ })
    );
    server.routes['POST inference/predictions'] = () => RUN;
    await user.click(screen.getByRole('button', { name: 'Predict' }));
    await waitFor(() =>
      expect(sent()).toMatchObject({
        files: {
          image: {
            from: 'url',
            url: 'http://10.0.0.1/a%20cat.png',
            allowPrivate: true
          }
        }
      })
    );
  });
});

/** `top_k` → `Top k` */
function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
