import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps
} from '@rjsf/utils';
import * as React from 'react';
import { DropZone } from './dropZone';
import { asErrorSchema, validator } from './formErrors';
import type { IFormPlan } from './formSchema';
import type { IPageContext } from './pageContext';

interface IFormContext {
  page: IPageContext;
  plan: IFormPlan;

  /** FormComponent's own templates read this from the context. */
  defaultFormData: Record<string, unknown>;
}

interface ITryFormProps {
  page: IPageContext;
  plan: IFormPlan;
}

/** The form that the running module asks for, in core's clothes. */
export function TryForm({ page, plan }: ITryFormProps): JSX.Element {
  const { trial } = page.model;
  const context: IFormContext = { page, plan, defaultFormData: {} };
  const extraErrors = React.useMemo(
    () => asErrorSchema(trial.fieldErrors),
    [trial.fieldErrors]
  );
  return (
    <FormComponent
      schema={plan.schema}
      uiSchema={plan.uiSchema}
      formData={trial.values as ReadonlyJSONObject}
      formContext={context}
      validator={validator}
      fields={FIELDS}
      templates={TEMPLATES}
      idPrefix={`${page.idPrefix}-form`}
      extraErrors={extraErrors as never}
      showErrorList={false}
      noHtml5Validate
      // The model checks, so that button, shortcut and service all complain in the same way.
      noValidate
      onChange={({ formData }) => trial.setValues({ ...formData })}
      onSubmit={() => void trial.predict()}
    >
      {/* Enter in a field submits; the visible button stands below. */}
      <button type="submit" hidden />
    </FormComponent>
  );
}

function FileField(props: FieldProps): JSX.Element {
  const { page } = props.formContext as IFormContext;
  return (
    <DropZone
      page={page}
      argument={props.name}
      label={props.schema.title ?? props.name}
      describedBy={`${props.idSchema.$id}-about`}
    />
  );
}

/** A label that belongs to its input, the description, the complaints. */
function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { id, label, required, schema, rawErrors, children } = props;
  const { page, plan } = props.formContext as IFormContext;
  const name = id.slice(`${page.idPrefix}-form_`.length);
  if (schema.type === 'object' || props.hidden) {
    return <>{children}</>;
  }
  const isInput = schema.type !== 'boolean' && schema.type !== 'array';
  const hasOwnLabel = !isInput || plan.files.includes(name);
  return (
    <div className="jp-DeepInference-field">
      {!hasOwnLabel && (
        <label htmlFor={id}>
          {label}
          {required && <span aria-hidden="true"> *</span>}
        </label>
      )}
      {children}
      {schema.description && isInput && (
        <p id={`${id}-about`} className="jp-DeepInference-description">
          {schema.description}
        </p>
      )}
      {rawErrors?.map(error => (
        <p key={error} role="alert" className="jp-DeepInference-fieldError">
          {error}
        </p>
      ))}
    </div>
  );
}

/** What is needed first; the rest folded. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { page, plan } = props.formContext as IFormContext;
  const { trans, model } = page;
  const isMore = (name: string) => plan.more.includes(name);
  const more = props.properties.filter(({ name }) => isMore(name));
  const hasErrors = Object.keys(model.trial.fieldErrors).some(isMore);
  return (
    <>
      {props.properties
        .filter(({ name }) => !isMore(name))
        .map(({ content }) => content)}
      {more.length > 0 && (
        <details open={hasErrors || undefined}>
          <summary>{trans.__('More options')}</summary>
          {more.map(({ content }) => content)}
        </details>
      )}
    </>
  );
}

const FIELDS = { DeepFile: FileField };
const TEMPLATES = { FieldTemplate, ObjectFieldTemplate };
