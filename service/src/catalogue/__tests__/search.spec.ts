import { ModuleSearch } from '../search';
import { entry } from './made';

const search = new ModuleSearch();

beforeAll(() =>
  search.update(
    [
      entry('x', 'ocr', { title: 'Reader', summary: 'OCR of old prints' }),
      entry('x', 'sea', { title: 'Fish of the sea', summary: 'Occurrences' }),
      entry('x', 'classify', { title: 'Classifier', summary: 'Names plants' }),
      entry('x', 'classes', {
        title: 'Éclair',
        summary: 'A clasifier, misspelt'
      })
    ].map(({ module }) => module)
  )
);

it.each([
  ['finds words by their beginning', 'prin', ['x/ocr']],
  ['takes three letters in a text for a whole word', 'ocr', ['x/ocr']],
  ['takes them in a name for a beginning', 'fis', ['x/sea']],
  ['takes one letter for the beginning of a name', 'f', ['x/sea']],
  ['wants all words', 'fish sea', ['x/sea']],
  ['wants all words, and finds none of two that are apart', 'fish ocr', []],
  ['does not mind case and accents', 'ECLAIR', ['x/classes']],
  ['finds what is misspelt where nothing is spelt so', 'plnts', ['x/classify']],
  ['keeps to what is spelt so', 'clasifier', ['x/classes']],
  ['does not find a module by the name of its source', 'x', []]
])('%s: %s', (_, text, ids) => {
  expect(search.find(text)).toEqual(ids);
});

it('proposes a search that finds something', () => {
  expect(search.suggest('classifyng')).toMatch(/classif/);
});
