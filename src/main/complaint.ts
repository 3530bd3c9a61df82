/** What stops a command before it has begun: sentences on standard error, each on its own line. */
import type { ExitCode } from "../faces/cli/exit-code.ts";

export interface Complaint {
  readonly exitCode: ExitCode;
  readonly sentences: readonly string[];
}

export function complain({ exitCode, sentences }: Complaint): ExitCode {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return exitCode;
}
