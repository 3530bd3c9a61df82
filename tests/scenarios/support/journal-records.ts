/** The journal as `lockstep journal export` gives it, beside a running copier. */
import { z } from "zod";
import type { Configuration } from "../../processes/support/configuration.ts";
import { lockstep } from "../../processes/support/lockstep.ts";

const line = z.object({ record: z.looseObject({ type: z.string() }).optional() });
export type JournalRecord = NonNullable<z.infer<typeof line>["record"]>;

/** The records of one type, oldest first. */
export async function journalRecords(configuration: Configuration, type: string): Promise<readonly JournalRecord[]> {
  const { exitCode, out, err } = await lockstep(["journal", "export", "--config", configuration.path]);
  if (exitCode !== 0) throw new Error(`journal export ended with ${exitCode}: ${err}`);
  return out.split("\n").flatMap((text) => {
    const record = text === "" ? undefined : line.parse(JSON.parse(text)).record;
    return record?.type === type ? [record] : [];
  });
}
