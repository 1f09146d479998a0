const MOST_PAGES = 8;
const MOST_REDIRECTS = 10;

interface IPage {
  url: string;
  html: string;
}

/**
 * Act as a person whose browser opened the page of a sign-in: confirm the code, log in, consent.
 *
 * @param login Any name will do.
 */
export async function signInAs(login: string, page: string): Promise<void> {
  const browser = new Browser();
  let shown = await browser.open(page);
  for (let count = 0; count < MOST_PAGES; count++) {
    const form = readForm(shown);
    if (!form) {
      return;
    }
    if (form.fields.has('login')) {
      form.fields.set('login', login);
      form.fields.set('password', 'any');
    }
    shown = await browser.open(form.action, form.fields);
  }
  throw new Error(`The sign-in did not come to its end: ${shown.html}`);
}

/** Open the page of a sign-in, and decline it. */
export async function decline(page: string): Promise<void> {
  const browser = new Browser();
  const form = readForm(await browser.open(page));
  if (!form) {
    throw new Error('There is nothing to decline.');
  }
  const confirm = await browser.open(form.action, form.fields);
  const asked = readForm(confirm) ?? form;
  asked.fields.set('abort', 'yes');
  await browser.open(asked.action, asked.fields);
}

/** Follows redirects and keeps cookies; runs no scripts. */
class Browser {
  async open(url: string, fields?: URLSearchParams): Promise<IPage> {
    let next = url;
    let body = fields;
    for (let count = 0; count < MOST_REDIRECTS; count++) {
      const response = await fetch(next, {
        method: body ? 'POST' : 'GET',
        body,
        redirect: 'manual',
        headers: { cookie: this._cookieHeader }
      });
      this._keep(response);
      const location = response.headers.get('location');
      if (!location) {
        return { url: next, html: await response.text() };
      }
      next = new URL(location, next).href;
      body = undefined;
    }
    throw new Error(`${url} sends on for ever.`);
  }

  private get _cookieHeader(): string {
    return [...this._cookies].map(pair => pair.join('=')).join('; ');
  }

  private _keep(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this._cookies.set(name, value);
    }
  }

  private readonly _cookies = new Map<string, string>();
}

function readForm({
  url,
  html
}: IPage): { action: string; fields: URLSearchParams } | undefined {
  const [, action] = /<form[^>]*\saction="([^"]*)"/.exec(html) ?? [];
  if (action === undefined) {
    return undefined;
  }
  const fields = new URLSearchParams();
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const [, name] = /\sname="([^"]*)"/.exec(tag) ?? [];
    const [, value = ''] = /\svalue="([^"]*)"/.exec(tag) ?? [];
    if (name) {
      fields.set(name, value);
    }
  }
  return { action: new URL(plain(action), url).href, fields };
}

const plain = (text: string): string => text.replaceAll('&amp;', '&');
