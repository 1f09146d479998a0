import type { TranslationBundle } from '@jupyterlab/translation';
import type { FieldProps } from '@rjsf/utils';
import * as React from 'react';

interface IJsonFieldProps extends FieldProps {
  trans: TranslationBundle;
}

/**
 * An argument that only JSON can say: a dictionary, a list of lists.
 * What is typed and is no JSON yet stays a text, which the check of the form refuses where the module wants something else.
 */
export function JsonField(props: IJsonFieldProps): JSX.Element {
  const { idSchema, formData, onChange, schema, trans } = props;
  const { $id: id } = idSchema;
  const [text, setText] = React.useState(() => textOf(formData));
  const [shown, setShown] = React.useState(() => JSON.stringify(formData));
  if (JSON.stringify(formData) !== shown) {
    // Filled in from elsewhere: by an example, a cell, the last time.
    setShown(JSON.stringify(formData));
    setText(textOf(formData));
  }
  const isWrong = typeof formData === 'string' && schema.type !== undefined;
  return (
    <>
      <textarea
        id={id}
        rows={Math.min(Math.max(text.split('\n').length, 2), 12)}
        spellCheck={false}
        value={text}
        placeholder={JSON.stringify(
          schema.type === 'array' ? [1, 2] : { name: 1 }
        )}
        aria-describedby={`${id}-about`}
        aria-invalid={isWrong}
        onChange={({ target }) => {
          const value = valueOf(target.value);
          setText(target.value);
          setShown(JSON.stringify(value));
          onChange(value);
        }}
      />
      {isWrong && (
        <p className="jp-DeepInference-description">
          {trans.__('This is no JSON yet.')}
        </p>
      )}
    </>
  );
}

function textOf(value: unknown): string {
  if (value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function valueOf(text: string): unknown {
  if (text.trim() === '') {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Still being typed.
    return text;
  }
}
