import { Option } from "commander";

/** The file that every command about a copier means. */
export interface ConfigOption {
  readonly config: string;
}

export function configOption(): Option {
  return new Option("-c, --config <file>", "the configuration").default("lockstep.yaml");
}
