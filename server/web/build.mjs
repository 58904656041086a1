// Makes what browsers load out of pages/, styles/, scripts/ and KERN, the administration's design system:
//   node build.mjs FOLDER
// Styles lose every rule, variable and icon that no page and no script names; fonts every letter that no
// Latin script of Europe has. FOLDER gets the files, each with a hash of its content in its name, so that
// browsers may keep them for ever, and assets.tsv: name, file. widget.js keeps its name, which others copy.
import {createHash} from 'node:crypto';
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build, transform} from 'esbuild';
import {PurgeCSS} from 'purgecss';
import subsetFont from 'subset-font';

const here = dirname(fileURLToPath(import.meta.url));
const kern = join(here, 'node_modules/@kern-ux/native/dist');
const [out] = process.argv.slice(2);
if (!out) throw new Error('usage: node build.mjs FOLDER');
await rm(out, {recursive: true, force: true});
await mkdir(out, {recursive: true});

const assets = [];
async function put(name, bytes, keepName = false) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const file = keepName ? name : name.replace(/(\.\w+)$/, `-${hash}$1`);
  await writeFile(join(out, file), bytes);
  assets.push([name, file]);
  return file;
}

async function filesIn(folder, ending) {
  const names = await readdir(join(here, folder)).catch(() => []);
  return names.filter((name) => name.endsWith(ending)).sort().map((name) => join(here, folder, name));
}

// Fonts: what German, English and their neighbours write with.
const letters = (from, to) => String.fromCodePoint(...Array.from({length: to - from + 1}, (_, i) => from + i));
const text = letters(0x20, 0x7e) + letters(0xa0, 0x17f) + 'ẞ‐‑–—‘’‚“”„†•…‰‹›€→−≤≥';
const faces = [];
for (const [weight, face] of [[400, 'Regular'], [600, 'SemiBold']]) {
  const font = await readFile(join(kern, `fonts/fira-sans/FiraSans-${face}.woff2`));
  const file = await put(`fira-sans-${weight}.woff2`, await subsetFont(font, text, {targetFormat: 'woff2'}));
  faces.push(`@font-face{font-family:"Fira Sans";font-weight:${weight};font-display:swap;src:url("${file}") format("woff2")}`);
}

const scripts = await filesIn('scripts', '.js');
const bundles = await build({
  entryPoints: scripts, bundle: true, minify: true, format: 'esm', target: 'es2020', write: false, outdir: out,
  legalComments: 'none', charset: 'utf8',
});
for (const {path, contents} of bundles.outputFiles)
  await put(basename(path), contents, basename(path) === 'widget.js');

// One file of styles for all pages: KERN's, and ours behind it.
const sources = [...await filesIn('pages', '.html'), ...scripts, ...await filesIn('scripts/parts', '.js')];
const content = await Promise.all(sources.map(async (file) => ({raw: await readFile(file, 'utf8'), extension: 'html'})));
const [purged] = await new PurgeCSS().purge({
  content, css: [{raw: await readFile(join(kern, 'kern.css'), 'utf8')}],
  defaultExtractor: (raw) => raw.match(/[\w-]+/g) ?? [], variables: false, keyframes: true,
  safelist: {deep: [/data-kern-theme/], greedy: [/:is/]},  // it misses what is inside :is()
});
const ours = (await Promise.all((await filesIn('styles', '.css')).map((file) => readFile(file, 'utf8')))).join('\n');
const used = withoutUnusedVariables(`${purged.css}\n${ours}`);
const {code} = await transform(faces.join('') + used, {loader: 'css', minify: true, target: 'es2020', legalComments: 'none'});
await put('portal.css', `/* KERN, @kern-ux/native, EUPL-1.2; Fira Sans, OFL-1.1 */${code}`);
await writeFile(join(out, 'assets.tsv'), 'name\tfile\n' + assets.map((row) => row.join('\t')).join('\n') + '\n');

// A variable that no rule reads and that only unread ones read goes, again and again until none is left.
function withoutUnusedVariables(css) {
  for (;;) {
    const read = new Set(css.match(/var\(\s*--[\w-]+/g)?.map((use) => use.replace(/var\(\s*/, '')));
    const left = css.replace(/(?<=[{;]\s*|\*\/\s*)(--[\w-]+)\s*:[^;{}]*(;|(?=\}))/g, (whole, name) => read.has(name) ? whole : '');
    if (left === css) return css;
    css = left;
  }
}
