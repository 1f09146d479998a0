import { LabIcon, Toolbar } from '@jupyterlab/ui-components';
import { PanelLayout, Widget } from '@lumino/widgets';
import { LazyPanel } from './lazyPanel';

/** A place in the sidebar; its content is loaded when it is first shown. */
export class Sidebar extends Widget {
  constructor(options: Sidebar.IOptions) {
    super();
    const { className, title } = options;
    this.id = options.id;
    this.addClass(className);
    this.title.icon = options.icon;
    this.title.caption = title;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', title);
    this.toolbar.node.setAttribute('aria-label', options.toolbarLabel);
    this._body = new LazyPanel(options);
    const header = new Widget();
    header.addClass(`${className}-header`);
    const heading = new Widget({ node: document.createElement('h2') });
    heading.node.textContent = title;
    const headerLayout = (header.layout = new PanelLayout());
    headerLayout.addWidget(heading);
    headerLayout.addWidget(this.toolbar);
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(header);
    layout.addWidget(this._body);
  }

  readonly toolbar = new Toolbar();

  protected override onActivateRequest(): void {
    this._body.activate();
  }

  private readonly _body: LazyPanel;
}

export namespace Sidebar {
  export interface IOptions extends LazyPanel.IOptions {
    id: string;
    icon: LabIcon;
    title: string;
    toolbarLabel: string;
    /** Of the whole; the header has it with `-header`. */
    className: string;
  }
}
