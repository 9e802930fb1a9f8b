/** `fanlight/runtime`: runs a turn's tool calls at once, and safely. See docs/runtime.md. */
export { defineTool, ToolDefinitionError, type InputOf, type ToolDefinition, type ToolParameters } from './define-tool.ts';
export { guardTools, type GuardToolsOptions } from './guard-tools.ts';
export type { ToolSettings } from './tool-settings.ts';
export { applyPolicy, loadPolicy, parsePolicy, PolicyError, type Policy, type PolicySettings } from './policy.ts';
export { AgentError, runAgent, type AgentOptions, type AgentResult } from './run-agent.ts';
export type { ExecutedCall, Outcome } from './execute-batch.ts';
export type { GuardFinding, GuardMode } from './guard.ts';
export type { StandardSchema } from './standard-schema.ts';
export type { Effect, Tool, ToolContext } from './tool.ts';
