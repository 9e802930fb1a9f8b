/**
 * `node --import fanlight/hook app.js`: lets instrumentations see ES modules, and nothing more. For apps that start an
 * OpenTelemetry SDK of their own with `new OpenAIInstrumentation()`; CommonJS apps do without.
 */
import { hookModules } from './hook-modules.ts';
import { warn } from './warn.ts';

try {
  await hookModules();
} catch (error) {
  warn(`ES modules cannot be seen by instrumentations, the app runs without: ${(error as Error).message}`);
}
