/** `error.type`: the HTTP status, else the name of the error's class, else its code. */
export function errorType(error: unknown): string {
  const { status, code, name } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (typeof status === 'number') return String(status);
  const constructor = (error as object | undefined)?.constructor?.name;
  if (constructor !== undefined && !['Error', 'Object', 'String'].includes(constructor)) return constructor;
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
}
