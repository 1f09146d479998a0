import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatElapsed } from './time';

interface ILoginPageProps {
  model: { ask(): Promise<void> };
  page: string;
  expiresAt: string;

  /** Of the link. */
  label: string;

  /** It came after what had the focus. */
  takesFocus?: boolean;
  trans: TranslationBundle;
}

/**
 * The way to the page where a login is confirmed, and how long it waits. The link is clicked by the user: a window that is
 * opened later would be blocked.
 */
export function LoginPage(props: ILoginPageProps): JSX.Element {
  const { model, page, expiresAt, label, takesFocus, trans } = props;
  const link = React.useRef<HTMLAnchorElement>(null);
  React.useEffect(() => {
    if (takesFocus) {
      link.current?.focus();
    }
  }, [takesFocus]);
  React.useEffect(() => {
    const onFocus = () => void model.ask();
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [model]);
  return (
    <>
      <a
        ref={link}
        href={page}
        target="_blank"
        rel="noopener noreferrer"
        className="jp-mod-styled jp-mod-accept"
      >
        {label}
      </a>
      <p>
        {trans.__('Waiting…')} <Left until={expiresAt} trans={trans} />
      </p>
    </>
  );
}

function Left({
  until,
  trans
}: {
  until: string;
  trans: TranslationBundle;
}): JSX.Element {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const leftMs = Math.max(0, new Date(until).getTime() - now);
  // A screen reader is not told each second.
  return (
    <span aria-hidden="true">{trans.__('%1 left', formatElapsed(leftMs))}</span>
  );
}
