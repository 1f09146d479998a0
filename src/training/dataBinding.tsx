import type { FieldProps } from '@rjsf/utils';
import * as React from 'react';
import type { IFormContext } from '../inference/form';
import type { IPageContext } from '../inference/pageContext';

/** The argument of which the user has just said what it takes: its new field has the focus that the old one had. */
export const JustBound = React.createContext<{ current: string }>({
  current: ''
});

interface IBindButtonProps {
  page: IPageContext;
  argument: string;
  label: string;

  /** Of the field's input. */
  id: string;

  /** What pressing it says. */
  isData: boolean;
}

/** Says of an argument that it takes the path of data, or that it does not. */
export function BindButton(props: IBindButtonProps): JSX.Element {
  const { page, argument, label, id, isData } = props;
  const { model, trans } = page;
  const justBoundRef = React.useContext(JustBound);
  React.useEffect(() => {
    // The form may build it twice before it stands at its place.
    if (justBoundRef.current === argument) {
      document.getElementById(id)?.focus();
    }
  }, [justBoundRef, argument, id]);
  return (
    <button
      type="button"
      className="jp-DeepTraining-bind"
      aria-label={
        isData
          ? trans.__('Choose data… (%1)', label)
          : trans.__('Type a value instead (%1)', label)
      }
      onClick={() => {
        justBoundRef.current = argument;
        model.train.bind(argument, isData);
      }}
    >
      {isData ? trans.__('Choose data…') : trans.__('Type a value instead')}
    </button>
  );
}

/** A text of a training, which may be the path of data although nothing says so. */
export function TextField(props: FieldProps): JSX.Element {
  // A training is begun on its module's page.
  const page = (props.formContext as IFormContext).page!;
  const { StringField } = props.registry.fields;
  // A module that runs elsewhere is given paths as texts anyway.
  const isElsewhere = page.model.deployment.deployment?.target === 'address';
  return (
    <>
      <StringField {...props} />
      {!isElsewhere && (
        <BindButton
          page={page}
          argument={props.name}
          label={props.schema.title ?? props.name}
          id={props.idSchema.$id}
          isData
        />
      )}
    </>
  );
}
