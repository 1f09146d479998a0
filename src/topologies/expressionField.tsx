import type { TopologyItem, TopologyPreview } from '@jupyterlab-deep/protocol';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import type { TopologyEditor } from './editor';
import { TextField } from './fields';

interface IExpressionFieldProps {
  editor: TopologyEditor;
  node: string;

  /** The input whose value `$` is. */
  input: string;
  id: string;
  label: string;
  about: string;
  value: string;
  onChange: (value: string) => string;
}

/** An expression, and below it what it makes of a sample. */
export function ExpressionField(props: IExpressionFieldProps): JSX.Element {
  const { editor, id, label, about, value, onChange } = props;
  const { trans } = editor;
  return (
    <>
      <TextField
        id={id}
        label={label}
        about={about}
        value={value}
        rows={Math.min(Math.max(value.split('\n').length, 2), 12)}
        isCode
        onChange={onChange}
      />
      {value.trim() !== '' && (
        <details className="jp-DeepTopologies-preview">
          <summary>{trans.__('Preview')}</summary>
          <Preview {...props} />
        </details>
      )}
    </>
  );
}

/** The hand rests so long before the service is asked. */
const REST_MS = 250;
const MOST_ITEMS = 20;

function Preview(props: IExpressionFieldProps): JSX.Element {
  const { editor, node, input, id, value } = props;
  const { trans } = editor;
  const items = useItems(editor, node, input);
  const [chosen, setChosen] = React.useState(0);
  const [own, setOwn] = React.useState(() => editor.samples.get(node) ?? '');
  const item = items.find(each => each.id === chosen) ?? items[0];
  const isOwn = chosen === OWN || !item;
  const sample = isOwn ? parsed(own) : { value: item.value };
  const result = usePreview(editor, value, sample);
  return (
    <div>
      {items.length > 0 && (
        <>
          <label htmlFor={`${id}-item`}>{trans.__('Sample')}</label>
          <select
            id={`${id}-item`}
            value={isOwn ? OWN : item.id}
            onChange={({ target }) => setChosen(Number(target.value))}
          >
            {items.map(each => (
              <option key={each.id} value={each.id}>
                {each.origin.name}
              </option>
            ))}
            <option value={OWN}>{trans.__('a value of my own')}</option>
          </select>
        </>
      )}
      {isOwn && (
        <textarea
          aria-label={trans.__('Sample value, as JSON')}
          className="jp-DeepTopologies-code"
          rows={4}
          spellCheck={false}
          value={own}
          placeholder={EXAMPLE}
          onChange={({ target }) => {
            editor.samples.set(node, target.value);
            setOwn(target.value);
          }}
        />
      )}
      <p className="jp-DeepTopologies-about">{trans.__('It makes')}</p>
      <output role="status" data-error={result.isError}>
        {sample === null
          ? trans.__('The sample is no JSON yet.')
          : result.words}
      </output>
    </div>
  );
}

const OWN = -1;
const EXAMPLE = JSON.stringify({ probabilities: [0.9] });

const NONE: readonly TopologyItem[] = [];

/** What came to the input in the last run. */
function useItems(
  editor: TopologyEditor,
  node: string,
  input: string
): readonly TopologyItem[] {
  const { model, run, options } = editor;
  const from = model.document?.edges.find(
    ({ to }) => to.node === node && to.port === input
  )?.from;
  const [runId, source, port] = [run.run?.id, from?.node, from?.port];
  const key = `${runId} ${source} ${port}`;
  const [found, setFound] = React.useState({ key: '', items: NONE });
  React.useEffect(() => {
    const asked = new AbortController();
    if (runId !== undefined && source !== undefined) {
      const query = { node: source, port, limit: MOST_ITEMS };
      options.client.items(runId, query, asked.signal).then(
        ({ items }) =>
          setFound({
            key,
            items: items.filter(({ value }) => value !== undefined)
          }),
        // Without them there is the field for a value of one's own.
        () => undefined
      );
    }
    return () => asked.abort();
  }, [options.client, runId, source, port, key]);
  return found.key === key ? found.items : NONE;
}

interface IPreviewWords {
  words: string;
  isError: boolean;
}

function usePreview(
  editor: TopologyEditor,
  expression: string,
  sample: { value: unknown } | null
): IPreviewWords {
  const [result, setResult] = React.useState<IPreviewWords>({
    words: '',
    isError: false
  });
  const text = sample === null ? null : JSON.stringify(sample.value ?? null);
  React.useEffect(() => {
    if (text === null) {
      return;
    }
    const asked = new AbortController();
    const debouncer = new Debouncer(async () => {
      const found = await previewed(editor, expression, text, asked.signal);
      if (!asked.signal.aborted) {
        setResult(found);
      }
    }, REST_MS);
    // Rejected when it is disposed before the hand rests.
    debouncer.invoke().catch(() => undefined);
    return () => {
      asked.abort();
      debouncer.dispose();
    };
  }, [editor, expression, text]);
  return result;
}

async function previewed(
  { options, trans }: TopologyEditor,
  expression: string,
  sample: string,
  signal: AbortSignal
): Promise<IPreviewWords> {
  try {
    const preview = await options.client.preview(
      { expression, value: JSON.parse(sample) },
      signal
    );
    return {
      words: previewWords(preview, trans.__('nothing')),
      isError: preview.error !== undefined
    };
  } catch (reason) {
    const { detail } = asRequestError(reason, trans).problem;
    return { words: detail, isError: true };
  }
}

function previewWords(
  { value, error }: TopologyPreview,
  nothing: string
): string {
  if (error) {
    return error.message;
  }
  return value === undefined ? nothing : JSON.stringify(value, null, 2);
}

function parsed(text: string): { value: unknown } | null {
  if (text.trim() === '') {
    return { value: {} };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Still being typed.
    return null;
  }
}
