import { fireEvent, screen } from '@testing-library/dom';
import { trans } from '../../__tests__/connected';
import { askForImage, imageIn } from '../imageConsent';

const IMAGE = {
  origin: 'hub/plants:latest',
  commit: 'hub/plants@sha256:12',
  sees: ['It sees its own files and the network.']
};
const problem = (technical?: string) => ({
  type: 'urn:jupyterlab-deep:consent-needed',
  title: 'Nobody has agreed',
  status: 403,
  detail: '',
  ...(technical && { technical })
});

describe('the question whether an image may run', () => {
  it('is read from a refusal, and from no other', () => {
    expect(imageIn(problem(JSON.stringify(IMAGE)))).toEqual(IMAGE);
    expect(imageIn(problem('a trace of something'))).toBeNull();
    expect(imageIn(problem())).toBeNull();
  });

  it('shows name, digest and what it sees, and gives the consent to exactly that', async () => {
    const asked = askForImage(IMAGE, 'Plants', trans);
    await screen.findByText('hub/plants:latest');
    screen.getByText('hub/plants@sha256:12');
    screen.getByText('It sees its own files and the network.');
    fireEvent.click(screen.getByText('Run it'));
    expect(await asked).toEqual({ commit: 'hub/plants@sha256:12' });
  });

  it('means no when it is closed', async () => {
    const asked = askForImage(IMAGE, 'Plants', trans);
    fireEvent.click(await screen.findByText('Do not run'));
    expect(await asked).toBeNull();
  });
});
