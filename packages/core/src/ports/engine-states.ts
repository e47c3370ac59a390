export interface EngineState {
  /** Up to some megabytes. */
  state: string;
  /** The `seq` up to which the log is in it. */
  basedOn: number;
  /** Given anew with each save, and to no other state. */
  version: number;
  updatedAt: string;
}

/** What engines have learned from a seller, by names of their own. */
export interface EngineStateRepository {
  load(sellerId: string, name: string): Promise<EngineState | null>;
  /**
   * Keeps a state in place of the one that was loaded; `version` is of that one, 0 where there was none. Returns the new
   * version, or `false`, having done nothing, when somebody saved or forgot it meanwhile.
   */
  save(
    sellerId: string,
    name: string,
    state: { state: string; basedOn: number; version: number; at: Date },
  ): Promise<number | false>;
  forget(sellerId: string, name: string): Promise<void>;
}
