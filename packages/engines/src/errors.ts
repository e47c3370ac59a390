/** What an engine refuses: `field` says where it stands in the input (`values.3`), the message what was expected there. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly code = "invalid_input";
  readonly field: string;
  /** The message without the field. */
  readonly expected: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
    this.expected = message;
  }
}

/** The number itself, where it is finite and within the bounds; else an `EngineError`. */
export function finite(
  field: string,
  value: number,
  min = -Number.MAX_VALUE,
  max = Number.MAX_VALUE,
): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  const bounds =
    max < Number.MAX_VALUE ? ` from ${min} to ${max}` : min > -Number.MAX_VALUE ? ` of at least ${min}` : "";
  throw new EngineError(
    field,
    `expected a finite number${bounds}, not ${typeof value === "string" ? JSON.stringify(value) : String(value)}`,
  );
}
