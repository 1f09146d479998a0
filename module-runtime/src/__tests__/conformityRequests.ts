import { type IAsk, pictureForm } from './client';
import { CAT } from './pictures';

export const cat = (fields?: Record<string, string>): FormData =>
  pictureForm(CAT, fields);

/** A form in which a name comes twice. */
function repeated(): FormData {
  const form = cat({ top_k: '3' });
  form.append('top_k', '4');
  return form;
}

const asField = (): FormData => {
  const form = new FormData();
  form.set('image', 'not a file');
  return form;
};

/** As curl and other clients may write it: name unquoted, other header order, a preamble. */
const handWritten = (): IAsk => ({
  path: '',
  headers: { 'Content-Type': 'multipart/form-data; boundary="a b"' },
  body: Buffer.concat([
    Buffer.from(
      'preamble\r\n--a b\r\nContent-Type: image/jpeg\r\nContent-Disposition: form-data; name=image; filename=cat.jpg\r\n\r\n'
    ),
    CAT,
    Buffer.from(
      '\r\n--a b\r\ncontent-disposition: form-data; name="top_k"\r\n\r\n2\r\n--a b--\r\nepilogue'
    )
  ])
});

const junk = (type: string): IAsk => ({
  path: '',
  headers: { 'Content-Type': type },
  body: 'junk'
});

export const DISCOVERY: Record<string, IAsk> = {
  'the root': { path: '/' },
  'the version': { path: '/v2/' },
  'the version without its slash': { path: '/v2' },
  'the models': { path: '/v2/models/' },
  'the models without their slash': { path: '/v2/models' },
  'the models without their slash, with a query': { path: '/v2/models?a=b' },
  'doubled slashes': { path: '//v2//models/' },
  'the model': { path: '/v2/models/NAME/' },
  'the model without its slash': { path: '/v2/models/NAME' },
  'an unknown model': { path: '/v2/models/nobody/' },
  'an unknown model without its slash': { path: '/v2/models/nobody' },
  'an unknown path': { path: '/nowhere' },
  'the Swagger page by its old address': { path: '/ui' },
  'Swagger with a slash too many': { path: '/swagger.json/' },
  'the log': { path: '/v2/debug/' },
  'the log without its slash': { path: '/v2/debug' },
  'only the headers of the root': { method: 'HEAD', path: '/' },
  'only the headers of the model': {
    method: 'HEAD',
    path: '/v2/models/NAME/'
  },
  'only the headers of what is not there': { method: 'HEAD', path: '/nowhere' },
  'a name with an escape': { path: '/v2/models/%69mage-classifier/' },
  'a write to the root': { method: 'POST', path: '/' },
  'a write to the models': { method: 'POST', path: '/v2/models/' },
  'a removal of the model': { method: 'DELETE', path: '/v2/models/NAME/' }
};

export const TRAINING: Record<string, IAsk> = {
  'the trainings': { path: '/v2/models/NAME/train/' },
  'the trainings without their slash': { path: '/v2/models/NAME/train' },
  'the start of a training': {
    method: 'POST',
    path: '/v2/models/NAME/train/'
  },
  'an unknown training': { path: '/v2/models/NAME/train/0123abcd' },
  'an unknown training with a slash': {
    path: '/v2/models/NAME/train/0123abcd/'
  },
  'the removal of an unknown training': {
    method: 'DELETE',
    path: '/v2/models/NAME/train/0123abcd'
  },
  'a write to a training': {
    method: 'POST',
    path: '/v2/models/NAME/train/0123abcd'
  },
  'a change of the trainings': {
    method: 'PUT',
    path: '/v2/models/NAME/train/'
  }
};

export const METHODS: Record<string, IAsk> = {
  'what a browser asks first': {
    method: 'OPTIONS',
    path: '/v2/models/NAME/predict/',
    headers: {
      Origin: 'https://example.org',
      'Access-Control-Request-Method': 'POST'
    }
  },
  'a prediction by GET': { path: '/v2/models/NAME/predict/' },
  'a prediction by PUT': { method: 'PUT', path: '/v2/models/NAME/predict/' }
};

/** Predictions: what follows `predict` in the path, and the body. */
export const PREDICTIONS: Record<string, IAsk> = {
  'a picture alone': { path: '/', body: cat() },
  'an argument in the query': { path: '/?top_k=3', body: cat() },
  'an argument in the form': { path: '/', body: cat({ top_k: '3' }) },
  'an argument in both': { path: '/?top_k=2', body: cat({ top_k: '3' }) },
  'an argument twice in the query': { path: '/?top_k=2&top_k=4', body: cat() },
  'an argument twice in the form': { path: '/', body: repeated() },
  'an argument that nobody declared': { path: '/?nope=1', body: cat() },
  'an argument with blanks': { path: '/?top_k=%203%20', body: cat() },
  'a hand-written form': { ...handWritten(), path: '/' },
  'a hand-written form in pieces': {
    ...handWritten(),
    path: '/',
    headers: { ...handWritten().headers, 'Transfer-Encoding': 'chunked' }
  },
  'a number with a sign': { path: '/?top_k=%2B3', body: cat() },
  'a number with an exponent': { path: '/?top_k=1e1', body: cat() },
  'a whole number with a point': { path: '/?top_k=3.0', body: cat() },
  'a number beyond all': { path: `/?top_k=${'9'.repeat(30)}`, body: cat() },
  'no picture': { path: '/' },
  'no picture but arguments': {
    path: '/',
    body: new URLSearchParams({ top_k: '3' })
  },
  'no picture and a wrong number in an urlencoded form': {
    path: '/',
    body: new URLSearchParams({ top_k: 'x' })
  },
  'a number that is none': { path: '/?top_k=many', body: cat() },
  'a fraction for an integer': { path: '/?top_k=2.5', body: cat() },
  'an empty number': { path: '/?top_k=', body: cat() },
  'a number too small': { path: '/?top_k=0', body: cat() },
  'a number too large': { path: '/?top_k=1001', body: cat() },
  'JSON without a picture': { path: '/', body: { top_k: 3 } },
  'JSON with a wrong type': { path: '/', body: { top_k: [3] } },
  'JSON with a truth value': { path: '/', body: { top_k: true } },
  'JSON with a fraction': { path: '/', body: { top_k: 2.5 } },
  'a JSON list': { path: '/', body: [] },
  'an empty body that is said to be JSON': {
    path: '/',
    body: '',
    headers: { 'Content-Type': 'application/json' }
  },
  'a number as text in JSON': { path: '/', body: { top_k: '0' } },
  'JSON of another name': {
    path: '/',
    body: '{"top_k": "x"}',
    headers: { 'Content-Type': 'application/vnd.api+json' }
  },
  'JSON with null': { path: '/', body: { top_k: null } },
  'damaged JSON': {
    path: '/',
    body: '{"top_k":',
    headers: { 'Content-Type': 'application/json' }
  },
  'a junk content type': { ...junk(']junk;;'), path: '/' },
  'another content type': { ...junk('text/plain'), path: '/' },
  'a missing slash': { path: '', body: cat() },
  'a missing slash with a query': { path: '?top_k=3', body: cat() }
};

const accepting = (type: string): IAsk => ({
  path: '/',
  body: cat(),
  headers: { Accept: type }
});

export const ACCEPT: Record<string, IAsk> = {
  'JSON in the header': accepting('application/json'),
  'CSV in the header': accepting('text/csv'),
  'anything in the header': accepting('*/*'),
  'a type in capitals in the header': accepting('TEXT/CSV'),
  'an empty header': accepting(''),
  'an empty type in the query': { path: '/?accept=', body: cat() },
  'several types in the header': accepting('application/json, text/plain, */*'),
  'a type with a weight in the header': accepting('text/csv;q=0.9'),
  'an unknown type in the header': accepting('image/png'),
  'CSV in the query': { path: '/?accept=text/csv', body: cat() },
  'anything in the query': { path: '/?accept=*/*', body: cat() },
  'an unknown type in the query': { path: '/?accept=image/png', body: cat() },
  'CSV in the form': { path: '/', body: cat({ accept: 'text/csv' }) },
  'JSON in the query, CSV in the form': {
    path: '/?accept=application/json',
    body: cat({ accept: 'text/csv' })
  },
  'an unknown type and a wrong number': {
    path: '/?accept=image/png&top_k=x',
    body: cat(),
    headers: { Accept: 'image/png' }
  }
};

/** Where ours differs on purpose: status of theirs, status and text of ours. */
export const BETTER: [string, number, number, string, Partial<IAsk>][] = [
  [
    'a file that is no picture',
    500,
    422,
    'not a picture that can be read',
    { body: pictureForm(Buffer.from('not a picture')) }
  ],
  [
    'a text in the place of a file',
    500,
    422,
    'Not a valid file.',
    { body: asField() }
  ],
  [
    'a form without its boundary',
    500,
    400,
    'its boundary is not given',
    junk('multipart/form-data')
  ],
  [
    'a damaged form',
    500,
    400,
    'The body is damaged',
    junk('multipart/form-data; boundary=x')
  ],
  [
    'a number as only Python writes it',
    200,
    422,
    'Not a valid integer.',
    { path: '/?top_k=1_0', body: cat() }
  ]
];
