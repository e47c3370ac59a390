/** A cursor taken apart: `epoch.seq`. */
export function readCursor(cursor: string): [epoch: string, seq: number] {
  const [epoch = "", seq] = cursor.split(".");
  return [epoch, Number(seq)];
}

/** The one further on. Cursors of two epochs have no order (a database was restored): the one heard last holds. */
export function furtherCursor(known: string, heard: string): string {
  const [epoch, seq] = readCursor(heard);
  const [knownEpoch, knownSeq] = readCursor(known);
  return knownEpoch === epoch && knownSeq > seq ? known : heard;
}
