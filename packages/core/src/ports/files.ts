/** Where images and other files are kept, by names made of their content: a name never changes its meaning. */
export interface FileStore {
  put(key: string, file: { bytes: Uint8Array; type: string }): Promise<void>;
  get(key: string): Promise<{ bytes: Uint8Array; type: string } | null>;
  /** Takes a file away for good; one that is not there is no fault. */
  delete(key: string): Promise<void>;
}
