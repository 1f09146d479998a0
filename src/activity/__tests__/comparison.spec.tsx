import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';
import type { Run } from '@jupyterlab-deep/protocol';
import { connect, trans } from '../../__tests__/connected';
import { RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { RunList } from '../runList';
import { RunListModel } from '../runListModel';
import { RunsClient } from '../runsClient';

// Drawing needs a canvas, which the browser tests have.
jest.mock('../../training/curves', () => ({
  Curves: ({ title, summary }: { title: string; summary: string }) => (
    <p role="img" aria-label={`${title}. ${summary}`} />
  )
}));

const training = (id: string, epochs: number, accuracy: number): Run => ({
  ...RUN,
  id,
  kind: 'training',
  title: `Training ${id}`,
  state: 'succeeded',
  arguments: { epochs, seed: 1, data: `/somewhere/${id}` },
  training: {
    data: [{ argument: 'data', name: 'cloud:seeds', path: `/somewhere/${id}` }],
    hardware: '2 CPU',
    environment: 'here',
    steps: 2,
    metrics: { val_accuracy: accuracy }
  }
});

describe('trainings in a list of runs', () => {
  let service: DeepService;
  let model: RunListModel;

  beforeEach(async () => {
    const steps = (value: number) => () => ({
      steps: [{ step: 1, at: RUN.createdAt, values: { val_accuracy: value } }],
      next: 1
    });
    const server = new StandInServer({
      'GET runs': () => ({
        runs: [training('a', 5, 0.8), training('b', 10, 0.9), RUN]
      }),
      'GET runs/a/metrics': steps(0.8),
      'GET runs/b/metrics': steps(0.9)
    });
    service = connect(server);
    model = new RunListModel({
      service,
      client: new RunsClient(service),
      trans
    });
    await model.load();
    render(<RunList model={model} trans={trans} onOpen={() => undefined} />);
  });

  afterEach(() => service.dispose());

  it('are laid over each other, with what they were given and came to side by side', async () => {
    const boxes = screen.getAllByRole('checkbox', { name: 'Compare' });
    expect(boxes).toHaveLength(2);
    fireEvent.click(boxes[0]);
    screen.getByText('Choose another training to compare it with.');
    fireEvent.click(boxes[1]);
    const picture = await screen.findByRole('img', { name: /^val_accuracy\./ });
    expect(picture.getAttribute('aria-label')).toMatch(/0\.8, 2 · .* 0\.9$/);
    const row = (name: RegExp) => screen.getByRole('row', { name }).textContent;
    expect(row(/^epochs/)).toBe('epochs ≠510');
    expect(row(/^seed/)).toBe('seed11');
    expect(row(/^Data/)).toBe('Datacloud:seedscloud:seeds');
    expect(row(/^val_accuracy/)).toBe('val_accuracy ≠0.80.9');
    expect(screen.queryByRole('row', { name: /somewhere/ })).toBeNull();
  });

  it('are compared no longer when none is chosen', async () => {
    screen
      .getAllByRole('checkbox', { name: 'Compare' })
      .forEach(box => fireEvent.click(box));
    await screen.findByRole('table');
    fireEvent.click(screen.getByRole('button', { name: 'Choose none' }));
    await waitFor(() => expect(screen.queryByRole('table')).toBeNull());
  });
});
