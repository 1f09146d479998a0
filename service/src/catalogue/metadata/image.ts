/** `name`, `owner/name`, `registry/owner/name`, with tag or digest: the grammar of OCI without ports, which no public registry has. */
const REFERENCE =
  /^(?:[a-z0-9.-]+\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;
const MAX_LENGTH = 255;
/** Pages of these show images of their own registry. */
const REGISTRIES = new Set(['ghcr.io', 'quay.io']);
/** Parts of pages about an image that are not its name. */
const VIEWS = new Set(['tags', 'general', 'builds', 'latest']);

/** The reference of a container image, from a reference or the address of its page; undefined when it is neither. */
export function imageOf(given: unknown): string | undefined {
  const text = typeof given === 'string' ? given.trim() : '';
  const page = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  const reference = page ? fromPage(page) : withoutCapitals(text);
  return reference.length <= MAX_LENGTH && REFERENCE.test(reference)
    ? reference
    : undefined;
}

/** The platform takes the last two parts of the path. */
function fromPage({ hostname, pathname }: URL): string {
  const parts = pathname.split('/').filter(part => part && !VIEWS.has(part));
  const name = withoutCapitals(parts.slice(-2).join('/'));
  return REGISTRIES.has(hostname) ? `${hostname}/${name}` : name;
}

/** Names of repositories take the capitals of images away; tags have them. */
function withoutCapitals(reference: string): string {
  const [, name, tag] = /^(.*?)((?::[^/]*)?)$/.exec(reference) ?? [];
  return `${(name ?? '').toLowerCase()}${tag ?? ''}`;
}
