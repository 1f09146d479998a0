import * as React from 'react';

interface IWebLinkProps {
  url: URL;
  children: React.ReactNode;
}

/** A link to somewhere else, with the host it leads to. */
export function WebLink({ url, children }: IWebLinkProps): JSX.Element {
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>{' '}
      <span className="jp-DeepInference-host">{url.host}</span>
    </>
  );
}
