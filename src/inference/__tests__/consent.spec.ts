import { ConsentQuestion } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/dom';

import { askForConsent } from '../consentDialog';
import { requestOf } from '../addPythonModule';

const trans = nullTranslator.load('jupyterlab_deep');
const COMMIT = 'a'.repeat(40);

const QUESTION: ConsentQuestion = {
  module: 'python/leaves',
  title: 'Leaves',
  kind: 'git',
  origin: 'https://example.org/leaves',
  commit: COMMIT,
  requirements: ['deepaas==2.6.0', 'numpy==2.0.0'],
  lock: '0123456789abcdef',
  built: ['pyinotify'],
  isConfined: true,
  confinement: 'bubblewrap keeps it from your files'
};

describe('the consent to foreign code', () => {
  afterEach(() => Dialog.flush());

  it('shows origin, commit, packages and reach, and does not run by default', async () => {
    const answer = askForConsent(QUESTION, trans);
    await waitFor(() => screen.getByText(COMMIT));
    expect(screen.getByText('https://example.org/leaves')).toBeTruthy();
    expect(screen.getByText('numpy==2.0.0')).toBeTruthy();
    expect(screen.getByText(/bubblewrap hides the rest/)).toBeTruthy();
    fireEvent.keyDown(document.querySelector('.jp-Dialog')!, {
      key: 'Enter',
      keyCode: 13
    });
    expect(await answer).toBeNull();
  });

  it('carries what was shown and chosen', async () => {
    const answer = askForConsent(QUESTION, trans);
    fireEvent.click(await screen.findByLabelText(/^The network/));
    fireEvent.click(screen.getByText('Run it'));
    expect(await answer).toEqual({
      commit: COMMIT,
      lock: '0123456789abcdef',
      network: false
    });
  });

  it('says that nothing keeps it from anything where there is no bubblewrap', async () => {
    const question = {
      ...QUESTION,
      isConfined: false,
      confinement: 'not confined, it can read and change what you can'
    };
    // It is left open: its end is no part of this.
    askForConsent(question, trans).catch(() => undefined);
    expect(await screen.findByText(/All your files/)).toBeTruthy();
    const network = screen.getByLabelText(/^The network/);
    expect((network as HTMLInputElement).disabled).toBe(true);
  });
});

describe('what a user types', () => {
  it.each([
    ['https://example.org/leaves', { git: 'https://example.org/leaves' }],
    ['file:///home/me/leaves', { git: 'file:///home/me/leaves' }],
    ['git+/home/me/leaves', { git: '/home/me/leaves' }],
    ['/home/me/leaves', { folder: '/home/me/leaves' }],
    ['leaves==1.0', { package: 'leaves==1.0' }]
  ])('%s is an origin', (text, request) => {
    expect(requestOf(text)).toEqual(request);
  });
});
