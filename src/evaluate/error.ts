/** An evaluation that cannot be run as it is set up: the message says what is wrong and what to write instead. */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
}
