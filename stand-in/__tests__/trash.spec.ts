import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';
import type { Ask } from './asking.ts';

const TRASH = '/remote.php/dav/trashbin/ada';

let cloud: INextcloud;
let ask: Ask;

beforeEach(async () => {
  cloud = await startNextcloud();
  ask = asker(cloud);
  await ask('MKCOL', 'plants');
  await ask('PUT', 'plants/leaf.txt', { body: 'green' });
});
afterEach(() => cloud.close());

const PROPS =
  '<d:propfind xmlns:d="DAV:" xmlns:nc="http://nextcloud.org/ns"><d:prop><nc:trashbin-filename/><nc:trashbin-original-location/><nc:trashbin-deletion-time/></d:prop></d:propfind>';

describe('the trash', () => {
  it('says what was where and gives it back', async () => {
    await ask('DELETE', 'plants/leaf.txt');
    const { text } = await ask('PROPFIND', `${TRASH}/trash`, { body: PROPS });
    expect(text).toContain('<nc:trashbin-filename>leaf.txt<');
    expect(text).toContain('<nc:trashbin-original-location>plants/leaf.txt<');
    const [, name] = text.match(/trash\/(leaf\.txt\.d\d+)</)!;
    const destination = `${cloud.url}${TRASH}/restore/${name}`;
    expect(
      (
        await ask('MOVE', `${TRASH}/trash/${name}`, {
          headers: { destination }
        })
      ).status
    ).toBe(201);
    expect((await ask('GET', 'plants/leaf.txt')).text).toBe('green');
  });

  it('is emptied as a whole', async () => {
    await ask('DELETE', 'plants');
    expect((await ask('DELETE', `${TRASH}/trash`)).status).toBe(204);
    expect(
      (await ask('PROPFIND', `${TRASH}/trash`)).text.match(/<d:href>/g)
    ).toHaveLength(1);
  });
});

describe('searching', () => {
  it('finds names below a folder', async () => {
    const body =
      '<d:searchrequest xmlns:d="DAV:"><d:basicsearch><d:select><d:prop><d:getetag/></d:prop></d:select><d:from><d:scope><d:href>/files/ada</d:href><d:depth>infinity</d:depth></d:scope></d:from><d:where><d:like><d:prop><d:displayname/></d:prop><d:literal>%LEAF%</d:literal></d:like></d:where><d:limit><d:nresults>5</d:nresults></d:limit></d:basicsearch></d:searchrequest>';
    const { text } = await ask('SEARCH', '/remote.php/dav/', { body });
    expect(text.match(/<d:href>.*?</g)).toEqual([
      '<d:href>/remote.php/dav/files/ada/plants/leaf.txt<'
    ]);
  });

  it('finds favourites', async () => {
    const ns = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"';
    await ask('PROPPATCH', 'plants', {
      body: `<d:propertyupdate ${ns}><d:set><d:prop><oc:favorite>1</oc:favorite></d:prop></d:set></d:propertyupdate>`
    });
    const { text } = await ask('REPORT', '', {
      body: `<oc:filter-files ${ns}><d:prop><oc:favorite/></d:prop><oc:filter-rules><oc:favorite>1</oc:favorite></oc:filter-rules></oc:filter-files>`
    });
    expect(text).toContain('/files/ada/plants/</d:href>');
    expect(text.match(/<d:href>/g)).toHaveLength(1);
  });
});
