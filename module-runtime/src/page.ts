import { type IModule } from './module';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);

/** A page for people who open the module's address in a browser. */
export function apiPage(module: IModule): string {
  const path = `/v2/models/${module.name}/predict/`;
  const rows = module.arguments
    .map(
      ({ name, type, required, description }) =>
        `<tr><td><code>${escape(name)}</code></td><td>${type}${required ? ', required' : ''}</td><td>${escape(description)}</td></tr>`
    )
    .join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(module.name)}</title>
<h1>${escape(module.model.describe().title)}</h1>
<p>A module with the DEEPaaS V2 API. Its description for programs is <a href="/swagger.json">swagger.json</a>.</p>
<p><code>POST ${escape(path)}</code> with a multipart form:</p>
<table>${rows}</table>
</html>
`;
}
