/** How a command ends, for shells and supervisors (design 6): done, failed, bad usage or configuration. */
export const DONE = 0;
export const FAILED = 1;
export const BAD_USAGE = 2;
export type ExitCode = typeof DONE | typeof FAILED | typeof BAD_USAGE;

/** What a command does, with its options already parsed. */
export type Action<Options> = (options: Options) => Promise<ExitCode>;
