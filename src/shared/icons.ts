import { LabIcon } from '@jupyterlab/ui-components';

/** A module: stacked layers. */
export const moduleIcon = new LabIcon({
  name: 'jupyterlab-deep:module',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M8 1 1.5 4.4 8 7.8l6.5-3.4z"/>
    <path d="M3 7.1 1.5 7.9 8 11.3l6.5-3.4L13 7.1l-5 2.6z"/>
    <path d="M3 10.6 1.5 11.4 8 14.8l6.5-3.4-1.5-.8-5 2.6z"/>
  </g>
</svg>`
});
