/** So many answers are kept of one function; then it starts anew, so that no input makes it grow. */
const KEPT = 20_000;
/** Longer texts seldom come twice. */
const LONGEST = 40;

/** The same function of a text, asked once for each short one: words, keys and names repeat a thousandfold. */
export function rememberedText<V>(of: (text: string) => V): (text: string) => V {
  const known = new Map<string, V>();
  return (text) => {
    if (text.length > LONGEST) return of(text);
    let value = known.get(text);
    if (value === undefined) {
      value = of(text);
      if (known.size >= KEPT) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
