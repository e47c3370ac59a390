/** A condition: nobody is erasing the seller. For what is written without an event; the log itself refuses by a constraint. */
export function isOpen(schema: string, seller = "$1::text"): string {
  return `not exists (select from ${schema}.event_streams o where o.seller_id = ${seller} and o.erasing)`;
}
