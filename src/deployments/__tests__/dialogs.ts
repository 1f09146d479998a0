import { waitFor } from '@testing-library/dom';

/** Lab's dialog; jsdom does not count it among what can be seen. */
export const openDialog = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('.jp-Dialog');

export async function findDialog(): Promise<HTMLElement> {
  await waitFor(() => expect(openDialog()).not.toBeNull());
  return openDialog()!;
}
