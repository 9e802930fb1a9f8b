const HINT = 'This tool must be called alone.';

/** The description of a tool that runs alone: the model is told so once, at the end. */
export function withRunAloneHint(description: string): string {
  const said = description.trimEnd();
  if (said.includes(HINT)) return said;
  return said === '' ? HINT : `${said}${/[.!?。]$/u.test(said) ? '' : '.'} ${HINT}`;
}
