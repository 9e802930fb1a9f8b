/** The same function, asked once for each object: rules hold every call against many others, requests repeat their history. */
export const remembered = <K extends object, V>(of: (key: K) => V): ((key: K) => V) => rememberedIn(new WeakMap(), of);

/** The same for a function that is itself forgotten before its objects are, such as one made for a single run. */
export const rememberedHere = <K extends object, V>(of: (key: K) => V): ((key: K) => V) => rememberedIn(new Map(), of);

interface Known<K, V> {
  get(key: K): { value: V } | undefined;
  set(key: K, found: { value: V }): unknown;
}

function rememberedIn<K extends object, V>(known: Known<K, V>, of: (key: K) => V): (key: K) => V {
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = { value: of(key) };
      known.set(key, found);
    }
    return found.value;
  };
}

/** So many answers are kept of one function of a text; then it starts anew, so that no input makes it grow. */
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
