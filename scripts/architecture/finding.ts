/** Something that a check found wrong, and where. */
export interface Finding {
  /** From the project's root. */
  readonly path: string;
  readonly line: number;
  /** What is wrong and, where it helps, why that matters. */
  readonly sentence: string;
}
