/** `lockstep explain`: beside a running copier or without one. */

import { storyOf } from "../engine/views/story.ts";
import { DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import type { ExplainOptions } from "../faces/cli/explain.ts";
import { standingJson, standingText } from "../faces/cli/standing-text.ts";
import { storyJson } from "../faces/cli/story-json.ts";
import { type AccountNames, storyText } from "../faces/cli/story-text.ts";
import { namesOf } from "./cast.ts";
import { complain } from "./complaint.ts";
import { withJournal } from "./journal.ts";

export function explain(options: ExplainOptions): Promise<ExitCode> {
  return withJournal(options, async (journal, settings) => {
    const known = namesOf(settings);
    const names: AccountNames = (client) => known.get(client) ?? client;
    const result = storyOf(journal, options.order);
    switch (result.found) {
      case "story":
        process.stdout.write(options.json ? `${JSON.stringify(storyJson(result.story, names))}\n` : storyText(result.story, names));
        return DONE;
      case "standing":
        process.stdout.write(options.json ? `${JSON.stringify(standingJson(result.story, names))}\n` : standingText(result.story, names));
        return DONE;
      case "owners-order":
        return complain({
          exitCode: FAILED,
          sentences: [`order ${options.order} at ${names(result.account)} was not placed by Lockstep: it is the owner's own`],
        });
      case "nothing":
        return complain({ exitCode: FAILED, sentences: [`the journal ${settings.journal} knows nothing of an order ${options.order}`] });
    }
  });
}
