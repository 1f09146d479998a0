import * as React from 'react';

interface IFieldProps<T> {
  id: string;
  label: string;
  about?: string;
  value: T;

  /** @returns why the value cannot be taken; empty where it is. */
  onChange: (value: T) => string;
}

interface ITextFieldProps extends IFieldProps<string> {
  placeholder?: string;
  rows?: number;

  /** Spelled as code is. */
  isCode?: boolean;

  /** Of suggestions. */
  list?: readonly string[];
}

/** A text. What cannot be taken stays in the field, with the reason. */
export function TextField(props: ITextFieldProps): JSX.Element {
  const { id, label, about, placeholder, rows = 1, isCode, list } = props;
  const { text, complaint, change } = useDraft(props.value, props.onChange);
  const shared = {
    id,
    value: text,
    placeholder,
    spellCheck: isCode ? false : undefined,
    className: isCode ? 'jp-DeepTopologies-code' : undefined,
    'aria-invalid': complaint !== '',
    'aria-describedby': `${id}-about`,
    onChange: ({ target }: { target: { value: string } }) =>
      change(target.value)
  };
  return (
    <Labelled id={id} label={label} about={about} complaint={complaint}>
      {rows > 1 ? (
        <textarea {...shared} rows={rows} />
      ) : (
        <input {...shared} type="text" list={list && `${id}-list`} />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map(each => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </Labelled>
  );
}

interface INumberFieldProps extends IFieldProps<number | undefined> {
  min?: number;
  max?: number;
  step?: number;
}

export function NumberField(props: INumberFieldProps): JSX.Element {
  const { id, label, about, value, min, max, step } = props;
  const { text, complaint, change } = useDraft(
    value === undefined ? '' : String(value),
    given => props.onChange(given === '' ? undefined : Number(given))
  );
  return (
    <Labelled id={id} label={label} about={about} complaint={complaint}>
      <input
        id={id}
        type="number"
        value={text}
        min={min}
        max={max}
        step={step}
        aria-invalid={complaint !== ''}
        aria-describedby={`${id}-about`}
        onChange={({ target }) => change(target.value)}
      />
    </Labelled>
  );
}

interface IChoiceFieldProps extends IFieldProps<string> {
  choices: readonly { value: string; label: string }[];
}

export function ChoiceField(props: IChoiceFieldProps): JSX.Element {
  const { id, label, about, value, choices, onChange } = props;
  return (
    <Labelled id={id} label={label} about={about} complaint="">
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-about`}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      >
        {choices.map(each => (
          <option key={each.value} value={each.value}>
            {each.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

export function SwitchField(props: IFieldProps<boolean>): JSX.Element {
  const { id, label, about, value, onChange } = props;
  return (
    <div className="jp-DeepTopologies-field">
      <label className="jp-DeepTopologies-switch" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={value}
          aria-describedby={`${id}-about`}
          onChange={({ target }) => {
            onChange(target.checked);
          }}
        />
        {label}
      </label>
      <p id={`${id}-about`} className="jp-DeepTopologies-about">
        {about}
      </p>
    </div>
  );
}

interface ILabelledProps {
  id: string;
  label: string;
  about?: string;
  complaint: string;
  children: React.ReactNode;
}

export function Labelled(props: ILabelledProps): JSX.Element {
  const { id, label, about, complaint, children } = props;
  return (
    <div className="jp-DeepTopologies-field">
      <label htmlFor={id}>{label}</label>
      {children}
      <p id={`${id}-about`} className="jp-DeepTopologies-about">
        {about}
      </p>
      {complaint && (
        <p role="alert" className="jp-DeepTopologies-complaint">
          {complaint}
        </p>
      )}
    </div>
  );
}

/** What is typed, until it is taken; what comes from elsewhere, such as an undo, replaces it. */
export function useDraft(
  value: string,
  commit: (text: string) => string
): { text: string; complaint: string; change: (text: string) => void } {
  const [text, setText] = React.useState(value);
  const [known, setKnown] = React.useState(value);
  const [complaint, setComplaint] = React.useState('');
  if (value !== known) {
    setKnown(value);
    setText(value);
    setComplaint('');
  }
  const change = (typed: string) => {
    setText(typed);
    setComplaint(commit(typed));
  };
  return { text, complaint, change };
}
