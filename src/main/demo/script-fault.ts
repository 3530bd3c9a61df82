/** The script could not go on as it is written: something that it waits for did not come, or could not be done. */
export class ScriptFault extends Error {
  override readonly name = "ScriptFault";
}
