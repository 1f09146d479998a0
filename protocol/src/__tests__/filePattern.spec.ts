import { filePattern } from '..';

it.each([
  ['image', {}, true],
  ['input', { title: 'Photo' }, true],
  ['input', { description: 'A picture of a plant.' }, true],
  ['sound', { title: 'Sound', description: 'WAV.' }, false]
])('files for %s %j are pictures: %s', (argument, about, isPicture) => {
  const pattern = filePattern(argument, about);
  expect(pattern.includes('jpg')).toBe(isPicture);
  expect(pattern.startsWith('**/*')).toBe(true);
});
