/** One file of types for cells, in a TypeScript old enough for tslab's compiler (5.0). */
import { generateDtsBundle } from 'dts-bundle-generator';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

/**
 * @param helpers Folder of kernel-helpers.
 * @param outFile Where the types go.
 */
export async function writeDeclarations(helpers, outFile) {
  const root = path.dirname(helpers);
  // Below the project, so that packages are found from there.
  const parent = path.join(root, 'build');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'types-'));
  try {
    await writeExpanded(helpers, root, folder);
    const entry = path.join(folder, 'kernel-helpers', 'src', 'index.ts');
    const [text] = generateDtsBundle(
      [
        {
          filePath: entry,
          // All types are exported: TypeScript has to name what a cell infers.
          output: { noBanner: true }
        }
      ],
      { preferredConfigPath: await writeConfig(folder) }
    );
    await writeFile(outFile, text);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Declarations of our sources, with types that are computed from schemas written out: cells need no schema library. */
async function writeExpanded(helpers, root, folder) {
  const program = programOf(helpers, root, folder);
  const checker = program.getTypeChecker();
  for (const source of program.getSourceFiles()) {
    if (source.isDeclarationFile || source.fileName.includes('node_modules')) {
      continue;
    }
    const expanded = computedTypes(source, checker);
    const written = [];
    program.emit(
      source,
      (file, text) => written.push([file, text]),
      undefined,
      true
    );
    for (const [file, text] of written) {
      // As .ts: a bundler of declarations takes only sources as its own.
      const target = file.replace(/\.d\.ts$/, '.ts');
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, replaceAliases(text, expanded));
    }
  }
}

function programOf(helpers, root, folder) {
  const configFile = path.join(helpers, 'tsconfig.json');
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, helpers);
  return ts.createProgram({
    rootNames: [path.join(helpers, 'src', 'index.ts')],
    options: {
      ...options,
      declaration: true,
      emitDeclarationOnly: true,
      noEmit: false,
      noEmitOnError: false,
      outDir: folder,
      rootDir: root,
      sourceMap: false,
      types: ['node']
    }
  });
}

/** Text of the type aliases of a file that a schema computes, by name. */
function computedTypes(source, checker) {
  const found = new Map();
  for (const node of source.statements) {
    if (ts.isTypeAliasDeclaration(node) && /\bStatic</.test(node.getText())) {
      const type = checker.getTypeAtLocation(node.name);
      const flags =
        ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
      found.set(node.name.text, checker.typeToString(type, node, flags));
    }
  }
  return found;
}

/** Writes computed types out and drops the schemas that they come from. */
function replaceAliases(text, expanded) {
  const parsed = ts.createSourceFile('x.d.ts', text, ts.ScriptTarget.ES2022);
  return [...parsed.statements].reverse().reduce((result, node) => {
    if (ts.isTypeAliasDeclaration(node) && expanded.has(node.name.text)) {
      const from = node.type.getStart(parsed);
      const type = expanded.get(node.name.text);
      return result.slice(0, from) + type + result.slice(node.type.end);
    }
    const isSchema =
      ts.isVariableStatement(node) &&
      node.getText(parsed).includes('@sinclair/typebox');
    return isSchema
      ? result.slice(0, node.pos) + result.slice(node.end)
      : result;
  }, text);
}

async function writeConfig(folder) {
  const file = path.join(folder, 'tsconfig.json');
  const config = {
    compilerOptions: {
      declaration: true,
      lib: ['ES2022'],
      module: 'esnext',
      moduleResolution: 'bundler',
      paths: {
        '@jupyterlab-deep/protocol': ['./protocol/src/index.ts']
      },
      skipLibCheck: true,
      strict: true,
      target: 'ES2022',
      types: ['node']
    }
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
