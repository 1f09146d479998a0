/**
 * Posts pictures by our client: `node ours.mjs CLIENT ENDPOINT FOLDER CALLERS`. Prints the seconds of the second time: the first is
 * the warm-up.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [client, endpoint, folder, callers] = process.argv.slice(2);
const { ModuleClient } = await import(pathToFileURL(client));
const pictures = readdirSync(folder).map(filename => ({
  filename,
  data: readFileSync(path.join(folder, filename)),
  contentType: 'image/jpeg'
}));
const module = new ModuleClient({ endpoint });
await module.describe();

async function postAll() {
  let next = 0;
  const call = async () => {
    while (next < pictures.length) {
      const image = pictures[next++];
      const { value } = await module.predict({}, { image });
      if (JSON.stringify(value) !== '{}') {
        throw new Error(`Unexpected answer: ${JSON.stringify(value)}`);
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: Number(callers) }, call));
  return (performance.now() - start) / 1000;
}

await postAll();
console.log(await postAll());
await module.close();
