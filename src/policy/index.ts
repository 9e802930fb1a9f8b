/** A policy for the runtime, from what traces show: see docs/policy.md. */
export { evidenceOf, type ToolEvidence } from './evidence.ts';
export { recommend, type AgentAdvice, type PolicyReport, type ToolAdvice } from './recommend.ts';
export { replay, type Figures } from './replay.ts';
export { sketchOf, type RunSketch } from './sketch.ts';
