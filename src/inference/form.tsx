import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RegistryFieldsType
} from '@rjsf/utils';
import * as React from 'react';
import { kindOf } from './argumentKind';
import { DropZone } from './dropZone';
import { asErrorSchema, FieldErrors, hasError, validator } from './formErrors';
import type { IFormPlan } from './formSchema';
import { JsonField } from './jsonField';
import { ListTemplate } from './listTemplate';
import { MoreOptions } from './moreOptions';
import type { IPageContext } from './pageContext';

export interface IFormContext {
  trans: TranslationBundle;

  /** Of the module whose arguments are asked for. */
  page?: IPageContext;
  plan: IFormPlan;
  idPrefix: string;
  fieldErrors: FieldErrors;

  /** FormComponent's own templates read this from the context. */
  defaultFormData: Record<string, unknown>;
}

interface ITryFormProps {
  page: IPageContext;
  plan: IFormPlan;
}

/** The form of predict that the running module asks for. */
export function TryForm({ page, plan }: ITryFormProps): JSX.Element {
  const { trial } = page.model;
  return (
    <ArgumentForm
      page={page}
      trans={page.trans}
      plan={plan}
      idPrefix={`${page.idPrefix}-form`}
      values={trial.values}
      fieldErrors={trial.fieldErrors}
      onChange={values => trial.setValues(values)}
      onSubmit={() => void trial.predict()}
    />
  );
}

interface IArgumentFormProps {
  /** Without one nothing is asked for that takes a file. */
  page?: IPageContext;
  trans: TranslationBundle;
  plan: IFormPlan;
  idPrefix: string;
  values: Record<string, unknown>;
  fieldErrors: FieldErrors;
  onChange: (values: Record<string, unknown>) => void;
  onSubmit: () => void;

  /** Fields beside those that every form has. */
  fields?: RegistryFieldsType;
}

/** A form of arguments, in core's clothes. */
export function ArgumentForm(props: IArgumentFormProps): JSX.Element {
  const { page, trans, plan, idPrefix, values, fieldErrors } = props;
  const { onChange, onSubmit } = props;
  const context: IFormContext = {
    page,
    trans,
    plan,
    idPrefix,
    fieldErrors,
    defaultFormData: {}
  };
  const extraErrors = React.useMemo(
    () => asErrorSchema(fieldErrors),
    [fieldErrors]
  );
  return (
    <FormComponent
      schema={plan.schema}
      uiSchema={plan.uiSchema}
      formData={values as ReadonlyJSONObject}
      formContext={context}
      validator={validator}
      fields={{ ...FIELDS, ...props.fields }}
      templates={TEMPLATES}
      idPrefix={idPrefix}
      extraErrors={extraErrors as never}
      showErrorList={false}
      noHtml5Validate
      // The model checks, so that button, shortcut and service all complain in the same way.
      noValidate
      onChange={({ formData }) => onChange({ ...formData })}
      onSubmit={onSubmit}
    >
      {/* Enter in a field submits; the visible button stands below. */}
      <button type="submit" hidden />
    </FormComponent>
  );
}

function FileField(props: FieldProps): JSX.Element | null {
  const { page } = props.formContext as IFormContext;
  return page ? (
    <DropZone
      page={page}
      argument={props.name}
      label={props.schema.title ?? props.name}
      describedBy={`${props.idSchema.$id}-about`}
    />
  ) : null;
}

function DictionaryField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  return <JsonField {...props} trans={trans} />;
}

/** A label that belongs to its input, the description, the complaints. */
function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { id, label, required, schema, uiSchema, rawErrors, children } = props;
  const { trans } = props.formContext as IFormContext;
  const field = uiSchema?.['ui:field'];
  const isJson = field === 'DeepJson';
  if (props.hidden || (schema.type === 'object' && !isJson)) {
    return <>{children}</>;
  }
  const isInput =
    isJson || (schema.type !== 'boolean' && schema.type !== 'array');
  // An item of a list is named by the list.
  const isItem = /_\d+$/.test(id) && label === '';
  const hasOwnLabel =
    !isInput || field === 'DeepFile' || field === 'DeepData' || isItem;
  const about = isInput ? aboutField(schema, trans) : '';
  return (
    <div className="jp-DeepInference-field">
      {!hasOwnLabel && (
        <label htmlFor={id}>
          {label}
          {required && <span aria-hidden="true"> *</span>}
        </label>
      )}
      {children}
      {about && (
        <p id={`${id}-about`} className="jp-DeepInference-description">
          {about}
        </p>
      )}
      <FieldProblems errors={rawErrors} />
    </div>
  );
}

const FieldProblems = ({ errors }: { errors?: string[] }): JSX.Element => (
  <>
    {errors?.map(error => (
      <p key={error} role="alert" className="jp-DeepInference-fieldError">
        {error}
      </p>
    ))}
  </>
);

/** The module's words, and what else it expects. */
function aboutField(
  schema: FieldTemplateProps['schema'],
  trans: TranslationBundle
): string {
  const { description, minimum, maximum } = schema;
  const range =
    minimum !== undefined && maximum !== undefined
      ? trans.__('From %1 to %2.', minimum, maximum)
      : minimum !== undefined
        ? trans.__('At least %1.', minimum)
        : maximum !== undefined
          ? trans.__('At most %1.', maximum)
          : '';
  const spelling =
    kindOf(schema) === 'literal'
      ? trans.__('Written as Python does: %1.', String(schema.default))
      : '';
  return [description?.replace(/([^.!?:])$/, '$1.'), range, spelling]
    .filter(Boolean)
    .join(' ');
}

/** What is needed first; the rest folded. Of an argument that has parts: the parts. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { trans, plan, idPrefix, fieldErrors } =
    props.formContext as IFormContext;
  const { properties, idSchema, title, description, required } = props;
  if (idSchema.$id !== idPrefix) {
    return (
      <fieldset className="jp-DeepInference-list">
        <legend>
          {title}
          {required && <span aria-hidden="true"> *</span>}
        </legend>
        {description && (
          <p className="jp-DeepInference-description">{description}</p>
        )}
        {properties.map(({ content }) => content)}
        <FieldProblems
          errors={fieldErrors[idSchema.$id.slice(idPrefix.length + 1)]}
        />
      </fieldset>
    );
  }
  const known = new Set(plan.more);
  const more = properties.filter(({ name }) => known.has(name));
  return (
    <>
      {properties
        .filter(({ name }) => !known.has(name))
        .map(({ content }) => content)}
      {more.length > 0 && (
        <MoreOptions
          trans={trans}
          options={more.map(({ name, content }) => ({
            name,
            content,
            words: wordsOf(name, plan),
            hasError: hasError(fieldErrors, name)
          }))}
        />
      )}
    </>
  );
}

function wordsOf(name: string, { schema }: IFormPlan): string {
  const field = schema.properties?.[name];
  const { title = '', description = '' } =
    typeof field === 'object' ? field : {};
  return `${name} ${title} ${description}`;
}

const FIELDS = { DeepFile: FileField, DeepJson: DictionaryField };
const TEMPLATES = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate: ListTemplate
};
