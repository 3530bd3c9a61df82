/** Colours, only where a person looks on: on a terminal, and not where `NO_COLOR` is set (https://no-color.org). */
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export function paintFor(where: { readonly isTerminal: boolean; readonly noColor: string | undefined }): Paint {
  const plain = !where.isTerminal || (where.noColor !== undefined && where.noColor !== "");
  return plain ? (_, text) => text : (style, text) => styleText(style, text, { validateStream: false });
}
