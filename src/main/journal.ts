/** `lockstep journal export` and `journal verify`: beside a running copier or without one. */
import { flawText } from "../adapters/journal/chain.ts";
import { exportJournal } from "../adapters/journal/export.ts";
import type { JournalReader } from "../adapters/journal/reader.ts";
import { readJournal } from "../adapters/journal/sqlite.ts";
import { verifyJournal } from "../adapters/journal/verify.ts";
import { JournalFault } from "../engine/ports/journal.ts";
import type { ConfigOption } from "../faces/cli/config-option.ts";
import { DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import type { Settings } from "../settings/settings.ts";
import { complain } from "./complaint.ts";
import { readSettingsFile } from "./preparation.ts";

/** Written in pieces of about this size, so that an export of millions of records does not pile up in memory. */
const PIECE_CHARACTERS = 64 * 1024;

export function exportToStandardOutput(options: ConfigOption): Promise<ExitCode> {
  return withJournal(options, async (journal) => {
    let piece = "";
    for (const line of exportJournal(journal)) {
      piece += `${line}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      if (!(await written(piece))) return FAILED;
      piece = "";
    }
    return (await written(piece)) ? DONE : FAILED;
  });
}

/** False: whoever read it has gone, as with `| head`, and what is left is of no use to anyone. */
function written(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(false);
    process.stdout.once("error", gone);
    process.stdout.write(text, (error) => {
      if (error === undefined || error === null) process.stdout.off("error", gone);
      resolve(error === undefined || error === null);
    });
  });
}

export function verify(options: ConfigOption): Promise<ExitCode> {
  return withJournal(options, async (journal, { journal: path }) => {
    const { records, streams, flaws } = verifyJournal(journal);
    for (const flaw of flaws) process.stdout.write(`${flawText(flaw)}\n`);
    const found = flaws.length === 0 ? "every record is there, in order, as it was written" : `${flaws.length} flaws`;
    process.stdout.write(`${path}: ${records} records in ${streams} streams: ${found}\n`);
    return flaws.length === 0 ? DONE : FAILED;
  });
}

/** Opens the journal that the configuration names, and closes it in any case. A journal that cannot be read is a failure with a sentence. */
export async function withJournal({ config }: ConfigOption, read: (journal: JournalReader, settings: Settings) => Promise<ExitCode>): Promise<ExitCode> {
  const settings = readSettingsFile(config);
  if ("exitCode" in settings) return complain(settings);
  let journal: JournalReader | undefined;
  try {
    journal = readJournal(settings.journal);
    return await read(journal, settings);
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    return complain({ exitCode: FAILED, sentences: [error.message] });
  } finally {
    journal?.close();
  }
}
