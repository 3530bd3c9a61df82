/** How late the copier's requests for the leader's frames were, by the stages in its journal: from the frame to the first byte on the wire. */
import { DatabaseSync } from "node:sqlite";
import { type Figures, figuresOf } from "../figures.ts";

/** Of the answers after a position of the journal; the position of the last one counts on. */
export function delaysSince(journal: string, position: number): { readonly figures: Figures; readonly position: number } {
  const db = new DatabaseSync(journal, { readOnly: true });
  try {
    const rows = db
      .prepare(
        `SELECT position, (text ->> '$.stages.decidedMs') + (text ->> '$.stages.journalledMs') + (text ->> '$.stages.wireMs') AS delay
         FROM records WHERE position > ? AND text ->> '$.type' = 'request-answered' ORDER BY position`,
      )
      .all(position);
    const delays = rows.flatMap(({ delay }) => (typeof delay === "number" ? [delay] : []));
    return { figures: figuresOf(delays), position: Number(rows.at(-1)?.["position"] ?? position) };
  } finally {
    db.close();
  }
}
