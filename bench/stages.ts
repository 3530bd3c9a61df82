/** Where the product's time went: the stages that it writes into its journal with the answer to each request (docs/journal.md). */
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** Milliseconds, each counted from the stage before it, from the arrival of the leader's frame on. */
const stageTimes = z.object({ decided: z.number(), journalled: z.number(), wire: z.number(), answered: z.number() });
export type StageTimes = z.infer<typeof stageTimes>;
export type Stage = keyof StageTimes;

export const STAGES: readonly Stage[] = ["decided", "journalled", "wire", "answered"];

/** One per request, in the order of the answers. Throws when a request has not gone its whole way, for then something was wrong. */
export function readStages(journal: string): readonly StageTimes[] {
  const db = new DatabaseSync(journal, { readOnly: true });
  try {
    const rows = db.prepare(`
      SELECT text ->> '$.stages.decidedMs' AS decided, text ->> '$.stages.journalledMs' AS journalled,
             text ->> '$.stages.wireMs' AS wire, text ->> '$.stages.answeredMs' AS answered
      FROM records WHERE text ->> '$.type' = 'request-answered' ORDER BY position`);
    return rows.all().map((row) => stageTimes.parse(row));
  } finally {
    db.close();
  }
}
