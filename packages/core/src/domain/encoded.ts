/**
 * A value and its JSON text, each made from the other when first asked for. A database answers with JSON; whoever sends
 * that on to a socket never parses it, and whoever wants the value pays for one parse.
 */
export interface Encoded<T> {
  readonly text: string;
  readonly value: T;
}

/** The value whose JSON text this is. */
export function encodedText<T>(text: string): Encoded<T> {
  let value: T | undefined;
  return {
    text,
    get value() {
      value ??= JSON.parse(text) as T;
      return value;
    },
  };
}

/** The JSON text of this value, which must not be changed afterwards. */
export function encodedValue<T>(value: T): Encoded<T> {
  let text: string | undefined;
  return {
    value,
    get text() {
      text ??= JSON.stringify(value);
      return text;
    },
  };
}
