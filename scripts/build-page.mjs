// Builds dist/page/index.html: the report's page in one file, with a policy that lets nothing run or load but itself.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

export async function buildPage(root) {
  const { output } = await build({
    root: join(root, 'page'),
    configFile: false,
    logLevel: 'error',
    plugins: [viteSingleFile({ removeViteModuleLoader: true })],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { write: false, target: 'es2023', cssTarget: ['chrome125', 'firefox128', 'safari17.5'], reportCompressedSize: false },
  });
  const page = String(output.find(({ fileName }) => fileName === 'index.html').source);
  mkdirSync(join(root, 'dist/page'), { recursive: true });
  writeFileSync(
    join(root, 'dist/page/index.html'),
    page.replace(/<meta name="policy" ?\/?>/u, () => policyOf(page)),
  );
}

/** Only the page's own script and style, told by their hashes; no connection, no frame, no form. */
function policyOf(page) {
  const hashes = (tag) =>
    [...page.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, 'gu'))]
      .map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
      .join(' ');
  const policy = `default-src 'none'; script-src ${hashes('script')}; style-src ${hashes('style')}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}
