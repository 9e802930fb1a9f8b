import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** ES modules are only seen through a loader hook; it looks at `openai` alone, everything else loads as ever. */
export async function hookModules(): Promise<void> {
  const require = createRequire(import.meta.url);
  const fromInstrumentation = createRequire(require.resolve('@opentelemetry/instrumentation'));
  const include = ['openai'];
  const sync = await importIfThere(fromInstrumentation, 'import-in-the-middle/register-hooks.mjs');
  // In the app's own thread where Node can; the older way needs a thread of its own, and Node 26 deprecates it.
  if (sync?.supportsSyncHooks() === true) sync.register({ include });
  else register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include } });
}

interface SyncHooks {
  supportsSyncHooks(): boolean;
  register(options: { include: string[] }): void;
}

async function importIfThere(require: NodeJS.Require, specifier: string): Promise<SyncHooks | undefined> {
  try {
    return (await import(pathToFileURL(require.resolve(specifier)).href)) as SyncHooks;
  } catch {
    return undefined;
  }
}
