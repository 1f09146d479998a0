import type { IInfrastructureState } from './imApi';

/** The states of infrastructures in words; what runs needs none. */
const WORDS: Record<string, string> = {
  pending: 'The cloud makes the machines.',
  running: 'The machines run and are being configured.',
  configured: '',
  unconfigured: 'The machines run, but their configuration failed.',
  stopped: 'Somebody stopped the machines.',
  off: 'The cloud switched the machines off.',
  failed: 'The cloud could not make the machines.',
  deleting: 'The machines are being removed.',
  unknown: 'The cloud does not say how the machines stand.'
};

export function phaseOf({
  state,
  machines
}: Pick<IInfrastructureState, 'state'> &
  Partial<IInfrastructureState>): string {
  if (state === 'failed' && machines === 0) {
    return 'There are no machines: they could not be made, or were removed.';
  }
  return WORDS[state] ?? `The Infrastructure Manager calls its state ${state}.`;
}
