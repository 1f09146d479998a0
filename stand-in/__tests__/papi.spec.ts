import { existsSync } from 'node:fs';
import path from 'node:path';
import { startPapi } from '../papi/server.ts';
import type { IPapi } from '../papi/server.ts';

const data = process.env.DEEP_TEST_DATA ?? path.resolve('..', 'shared');
const openapi = path.join(data, 'samples', 'papi', 'openapi.json');
const isThere = existsSync(openapi);
const withDocument = isThere ? describe : describe.skip;
const suffix = isThere
  ? ''
  : ' (skipped: needs samples/papi/openapi.json, DEEP_TEST_DATA)';

const VO = 'vo.ai4eosc.eu';

withDocument(`the stand-in for the platform of AI4EOSC${suffix}`, () => {
  let papi: IPapi;

  beforeEach(async () => {
    papi = await startPapi(openapi);
    papi.users.set('high', { sub: 'ada', levels: { [VO]: 'ap-u' } });
    papi.users.set('low', { sub: 'eve', levels: { [VO]: 'ap-b' } });
  });
  afterEach(() => papi.close());

  async function ask(
    method: string,
    route: string,
    { token = 'high', body }: { token?: string | null; body?: unknown } = {}
  ) {
    const reply = await fetch(`${papi.url}/v1/${route}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' })
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    });
    const text = await reply.text();
    const isJson = reply.headers.get('content-type') === 'application/json';
    return { status: reply.status, said: isJson ? JSON.parse(text) : text };
  }

  const modules = 'deployments/modules';
  const create = async (body: unknown = {}) =>
    ask('POST', `${modules}?vo=${VO}`, { body });

  it('tells a request without a sign-in from one with a bad one', async () => {
    const route = `${modules}?vos=${VO}`;
    expect(await ask('GET', route, { token: null })).toEqual({
      status: 403,
      said: { detail: 'Not authenticated' }
    });
    expect((await ask('GET', route, { token: 'x' })).status).toBe(401);
    expect((await ask('GET', route, { token: 'low' })).status).toBe(401);
  });

  it('fails inside without vos, without a role, and while its secrets are away', async () => {
    const inside = { status: 500, said: 'Internal Server Error' };
    expect(await ask('GET', modules)).toEqual(inside);
    expect(await ask('GET', `${modules}?vos=vo.imagine-ai.eu`)).toEqual(inside);
    papi.switches.secretStoreDown = true;
    expect(await create()).toEqual(inside);
  });

  it('refuses what its document does not have', async () => {
    expect((await ask('GET', `${modules}?vos=${VO}&x=1`)).status).toBe(422);
    expect((await ask('POST', modules, { body: {} })).status).toBe(422);
    expect((await create([])).status).toBe(422);
    expect(
      (await ask('GET', `${modules}?vos=${VO}&full_info=maybe`)).status
    ).toBe(422);
    expect((await ask('GET', 'nowhere')).status).toBe(404);
  });

  it('says success and failure with the same status', async () => {
    expect(await create()).toMatchObject({
      status: 200,
      said: { status: 'success', job_ID: expect.any(String) }
    });
    papi.switches.schedulerSays = 'no nodes';
    expect(await create()).toEqual({
      status: 200,
      said: { status: 'fail', error_msg: 'no nodes' }
    });
  });

  it.each([
    [{ hardware: { cpu_num: 11 } }, 'cpu_num should smaller or equal to 10.'],
    [{ hardware: { ram: 1 } }, 'ram should bigger or equal to 2000.'],
    [{ general: { docker_image: 'evil/x' } }, 'The docker image should belong'],
    [{ general: { service: 'jupyter' } }, 'at least 9 characters'],
    [{ storage: { datasets: [{ doi: 'x' }] } }, 'provide RCLONE credentials'],
    [{ nonsense: {} }, 'The key `nonsense`'],
    [{ general: { nonsense: 1 } }, "The keys `{'nonsense'}`"]
  ])('checks a configuration: %j', async (body, sentence) => {
    const { status, said } = await create(body);
    expect([status, said.detail]).toEqual([
      400,
      expect.stringContaining(sentence)
    ]);
  });

  it('keeps a job that ran until it is ordered to end twice', async () => {
    const { job_ID: id } = (await create()).said;
    papi.jobs.get(id)!.status = 'running';
    const route = `${modules}/${id}?vo=${VO}`;
    const listed = async () => (await ask('GET', `${modules}?vos=${VO}`)).said;
    expect(await listed()).toHaveLength(1);
    await ask('DELETE', route);
    expect(await listed()).toEqual([]);
    expect((await ask('GET', route)).said.status).toBe('dead');
    await ask('DELETE', route);
    expect((await ask('GET', route)).said).toEqual({
      detail: 'No deployment exists with this uuid.'
    });
  });

  it('looks for endpoints only where it is asked in full', async () => {
    const { job_ID: id } = (await create()).said;
    Object.assign(papi.jobs.get(id)!, { status: 'running', active: ['api'] });
    const { said } = await ask('GET', `${modules}/${id}?vo=${VO}`);
    expect([said.active_endpoints, said.endpoints.api]).toEqual([
      ['api'],
      `https://api-${id}.example.org/ui`
    ]);
    const [short] = (await ask('GET', `${modules}?vos=${VO}`)).said;
    expect(short.active_endpoints).toBeNull();
  });
});
