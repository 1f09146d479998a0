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

/** A cloud storage. */
export const cloudIcon = new LabIcon({
  name: 'jupyterlab-deep:cloud',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M12.2 6.6A4.3 4.3 0 0 0 4 5.8 3.6 3.6 0 0 0 4.3 13h7.6a3.2 3.2 0 0 0 .3-6.4z"/>
</svg>`
});

/** What runs somewhere: two machines of a rack. */
export const deploymentIcon = new LabIcon({
  name: 'jupyterlab-deep:deployment',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M3 2h10a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zm1.5 1.8v1.4h1.4V3.8zM3 9h10a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1zm1.5 1.8v1.4h1.4v-1.4z"/>
</svg>`
});

/** An environment: a flask. */
export const environmentIcon = new LabIcon({
  name: 'jupyterlab-deep:environment',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M5 1h6v1.5h-1v3.2l3.7 6.7A1.75 1.75 0 0 1 12.2 15H3.8a1.75 1.75 0 0 1-1.5-2.6L6 5.7V2.5H5zm2.5 1.5v3.6L5.6 9.5h4.8L8.5 6.1V2.5z"/>
</svg>`
});

const STAR =
  'M8 1.6l1.95 4.2 4.55.55-3.37 3.1.9 4.5L8 11.7l-4.03 2.25.9-4.5L1.5 6.35l4.55-.55z';

/** Not a favourite. */
export const starIcon = new LabIcon({
  name: 'jupyterlab-deep:star',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="${STAR}M8 4l-1.25 2.7-2.95.36 2.18 2-.58 2.92L8 10.5l2.6 1.48-.58-2.92 2.18-2-2.95-.36z"/>
</svg>`
});

/** A favourite. */
export const starFilledIcon = new LabIcon({
  name: 'jupyterlab-deep:star-filled',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3" fill="#616161" d="${STAR}"/>
</svg>`
});

/** A topology: two nodes that lead into a third. */
export const topologyIcon = new LabIcon({
  name: 'jupyterlab-deep:topology',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M1 2h5v1.4h1.3a2 2 0 0 1 2 2v1.3H10V5.5h5v5h-5V9.3h-.7v1.3a2 2 0 0 1-2 2H6V14H1V9.5h5v1.6h1.3a.5.5 0 0 0 .5-.5V5.4a.5.5 0 0 0-.5-.5H6v1.6H1z"/>
</svg>`
});

/** To pause: two bars. Core has none. */
export const pauseIcon = new LabIcon({
  name: 'jupyterlab-deep:pause',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3" fill="#616161" d="M4 3h3v10H4zM9 3h3v10H9z"/>
</svg>`
});

/** To go on: a bar before the triangle, so that it is not taken for a new beginning. */
export const resumeIcon = new LabIcon({
  name: 'jupyterlab-deep:resume',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3" fill="#616161" d="M3 3h2v10H3zM7 3l7 5-7 5z"/>
</svg>`
});
