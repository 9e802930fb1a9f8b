/** The arguments of a call, as the model wrote them; none are an empty object. The message is for the model. */
export function parseArguments(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return {
      ok: false,
      message: `The arguments are not valid JSON (${(error as Error).message.slice(0, 200)}). Call it again with a JSON object.`,
    };
  }
}
