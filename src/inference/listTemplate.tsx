import type { ArrayFieldTemplateProps } from '@rjsf/utils';
import * as React from 'react';
import type { IFormContext } from './form';

/** A list of plain values: one field each, and buttons to add and remove. */
export function ListTemplate(props: ArrayFieldTemplateProps): JSX.Element {
  const { idSchema, title, required, schema, items, onAddClick } = props;
  const { trans } = props.formContext as IFormContext;
  const { $id: id } = idSchema;
  return (
    <fieldset
      className="jp-DeepInference-list"
      aria-describedby={`${id}-about`}
    >
      <legend>
        {title}
        {required && <span aria-hidden="true"> *</span>}
      </legend>
      {schema.description && (
        <p id={`${id}-about`} className="jp-DeepInference-description">
          {schema.description}
        </p>
      )}
      {items.map(({ key, index, children, onDropIndexClick, hasRemove }) => (
        <div key={key} className="jp-DeepInference-listItem">
          {children}
          {hasRemove && (
            <button
              type="button"
              aria-label={trans.__('Remove value %1', index + 1)}
              title={trans.__('Remove')}
              onClick={onDropIndexClick(index)}
            >
              ✕
            </button>
          )}
        </div>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        aria-label={trans.__('Add a value to %1', title)}
        onClick={onAddClick}
      >
        {trans.__('Add')}
      </button>
    </fieldset>
  );
}
