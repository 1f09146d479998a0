import { Ajv, ValidateFunction } from 'ajv';
import { Static, Type } from '@sinclair/typebox';
import { DeepError, SharedKind } from '@jupyterlab-deep/protocol';
import {
  foldedPath,
  isSharedName,
  isVersion,
  MANIFEST,
  MAX_BYTES,
  MAX_FILES,
  whyBadPath
} from './names';
import { fingerprintOf, ISigned, isGenuine, sumOf } from './signing';

const FORMAT = 1;
/** Of the whole file: five thousand files and a description fit well. */
export const MAX_MANIFEST_BYTES = 4 * 1024 ** 2;

/** Of what describes it, which is kept of every module: larger than any that is known. */
const MAX_METADATA = 100_000;

const Text = Type.String({ maxLength: 500 });

/** What an author says of one version, and what it consists of. */
export const SharedManifest = Type.Object({
  format: Type.Literal(FORMAT),
  name: Type.String(),
  version: Type.String(),
  kind: SharedKind,
  title: Text,
  author: Text,
  licence: Text,
  publishedAt: Type.String({ maxLength: 40 }),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
  image: Type.Optional(Text),
  notebook: Type.Optional(Text),
  /** What `ai4-metadata.yml` says, so that a list needs no other file and no reader of YAML. */
  metadata: Type.Record(Type.String(), Type.Unknown()),
  /** Of a model folder. */
  task: Type.Optional(Text),
  files: Type.Array(
    Type.Object({
      path: Type.String(),
      sizeBytes: Type.Integer({ minimum: 0 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' })
    }),
    { maxItems: MAX_FILES }
  )
});
export type SharedManifest = Static<typeof SharedManifest>;

/** A manifest, who signed it, and the digest that names exactly this content. */
export interface IVouched {
  manifest: SharedManifest;
  key: string;
  digest: string;
}

const Envelope = Type.Object({
  signed: Type.String(),
  key: Type.String({ maxLength: 100 }),
  signature: Type.String({ maxLength: 200 })
});

let checks:
  | {
      envelope: ValidateFunction<ISigned>;
      manifest: ValidateFunction<SharedManifest>;
    }
  | undefined;

/** Made once: a validator takes as long as the signatures of many modules. */
function checksOf(): NonNullable<typeof checks> {
  if (!checks) {
    // What is written here needs no look at it: that would take longest of all.
    const ajv = new Ajv({ strict: false, validateSchema: false });
    checks = {
      envelope: ajv.compile<ISigned>(Envelope),
      manifest: ajv.compile<SharedManifest>(SharedManifest)
    };
  }
  return checks;
}

/**
 * Read what lies in a version's folder. Everything is doubted: who wrote it may be anybody.
 *
 * @param where Which version of which module its place says that it is.
 * @throws DeepError `share-refused`
 */
export async function readShared(
  text: string,
  where: { version: string }
): Promise<IVouched> {
  const envelope = parsed(text);
  const { envelope: isEnvelope, manifest: isManifest } = checksOf();
  if (!isEnvelope(envelope)) {
    throw refused('it is not what a shared module has');
  }
  if (!(await isGenuine(envelope))) {
    throw refused(
      `it was changed after it was signed with the key ${fingerprintOf(envelope.key)}`
    );
  }
  const manifest = parsed(envelope.signed);
  if (!isManifest(manifest)) {
    const [{ instancePath = '', message = '' } = {}] = isManifest.errors ?? [];
    throw refused(`${instancePath || 'it'} ${message}`);
  }
  checkManifest(manifest);
  if (manifest.version !== where.version) {
    throw refused(
      `it is of version ${manifest.version}, but lies in the folder of ${where.version}`
    );
  }
  return { manifest, key: envelope.key, digest: sumOf(envelope.signed) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(`it is not JSON: ${(error as Error).message}`);
  }
}

function checkManifest(manifest: SharedManifest): void {
  const { name, version, files, metadata } = manifest;
  if (JSON.stringify(metadata).length > MAX_METADATA) {
    throw refused('its description is longer than any that is known');
  }
  if (!isSharedName(name) || !isVersion(version)) {
    throw refused('its name or version is none that a module may have');
  }
  const seen = new Set<string>();
  let bytes = 0;
  for (const { path, sizeBytes } of files) {
    const why = whyBadPath(path);
    if (why) {
      throw refused(`it names the file “${path}”: ${why}`);
    }
    const folded = foldedPath(path);
    if (seen.has(folded) || folded === MANIFEST) {
      throw refused(`it names the file “${path}” twice`);
    }
    seen.add(folded);
    bytes += sizeBytes;
  }
  // A file that is also a folder could be neither.
  const inside = files
    .flatMap(({ path }) => foldersOf(foldedPath(path)))
    .find(folder => seen.has(folder));
  if (inside !== undefined) {
    throw refused(`it names “${inside}” as a file and as a folder`);
  }
  if (bytes > MAX_BYTES) {
    throw refused('it is larger than anything that may be shared');
  }
}

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const refused = (why: string): DeepError =>
  new DeepError('share-refused', `Its ${MANIFEST} cannot be trusted: ${why}.`, {
    hint: 'Tell whoever shares it, and use nothing of it.'
  });
