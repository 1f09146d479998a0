import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import { CodeView } from './codeView';
import { DeploymentState } from './deploymentState';
import type { IPageContext } from './pageContext';
import { SnippetView } from './snippetView';
import { IOperation, IParameter, readOperations } from './swagger';

/** The module's API, drawn from what the running module says of itself. */
export function ApiView({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { deployment } = model;
  useChanges(deployment);
  const { api } = deployment;
  return (
    <div className="jp-DeepInference-api">
      <DeploymentState page={page} />
      {api && (
        <>
          <h2>{trans.__('From a notebook cell')}</h2>
          <CodeView page={page} />
          <SnippetView page={page} />
          <h2>{trans.__('Operations')}</h2>
          {readOperations(api.swagger).map(operation => (
            <Operation
              key={`${operation.method} ${operation.path}`}
              operation={operation}
              page={page}
            />
          ))}
        </>
      )}
    </div>
  );
}

interface IOperationProps {
  operation: IOperation;
  page: IPageContext;
}

function Operation({ operation, page }: IOperationProps): JSX.Element {
  const { trans } = page;
  const { method, path, summary, parameters, produces, responses } = operation;
  return (
    <details open={parameters.length > 0 && path.includes('/predict')}>
      <summary>
        <code>
          {method} {path}
        </code>{' '}
        {summary}
      </summary>
      {parameters.length > 0 ? (
        <Parameters parameters={parameters} page={page} />
      ) : (
        <p>{trans.__('It takes no parameters.')}</p>
      )}
      {produces.length > 0 && (
        <p>{trans.__('Answers with %1.', produces.join(', '))}</p>
      )}
      <ul aria-label={trans.__('Answers')}>
        {responses.map(({ status, description, shape }) => (
          <li key={status}>
            <code>{status}</code> {description}
            {shape && <pre>{shape}</pre>}
          </li>
        ))}
      </ul>
    </details>
  );
}

interface IParametersProps {
  parameters: IParameter[];
  page: IPageContext;
}

function Parameters({ parameters, page }: IParametersProps): JSX.Element {
  const { trans } = page;
  return (
    <div className="jp-DeepInference-tableScroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Parameter')}</th>
            <th scope="col">{trans.__('Sent in')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Default')}</th>
            <th scope="col">{trans.__('Limits')}</th>
            <th scope="col">{trans.__('Meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map(parameter => (
            <tr key={`${parameter.place} ${parameter.name}`}>
              <th scope="row">
                <code>{parameter.name}</code>
                {parameter.isRequired && ` (${trans.__('required')})`}
              </th>
              <td>{parameter.place}</td>
              <td>{parameter.type}</td>
              <td>{parameter.fallback}</td>
              <td>{parameter.limits}</td>
              <td>{parameter.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
