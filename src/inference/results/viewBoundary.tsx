import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface IViewBoundaryProps {
  /** With another one a new attempt is made. */
  of: object;
  trans: TranslationBundle;
  children: React.ReactNode;
}

interface IViewBoundaryState {
  failure: { reason: unknown } | null;
}

/** An answer that cannot be shown breaks nothing else: it can still be saved. */
export class ViewBoundary extends React.Component<
  IViewBoundaryProps,
  IViewBoundaryState
> {
  static getDerivedStateFromError(reason: unknown): IViewBoundaryState {
    return { failure: { reason } };
  }

  override state: IViewBoundaryState = { failure: null };

  override componentDidUpdate({ of }: IViewBoundaryProps): void {
    if (of !== this.props.of && this.state.failure) {
      this.setState({ failure: null });
    }
  }

  override render(): React.ReactNode {
    const { trans, children } = this.props;
    const { failure } = this.state;
    if (!failure) {
      return children;
    }
    const { reason } = failure;
    return (
      <div role="alert" className="jp-DeepShared-error">
        <strong>{trans.__('This answer could not be shown.')}</strong>
        <p>{trans.__('It is whole: look at the JSON, or save it.')}</p>
        <p>{reason instanceof Error ? reason.message : String(reason)}</p>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => this.setState({ failure: null })}
        >
          {trans.__('Try again')}
        </button>
      </div>
    );
  }
}
