import ansis from 'ansis'

/** On a terminal, unless NO_COLOR says otherwise; elsewhere where FORCE_COLOR asks for it. */
export function wantsColour(): boolean {
  return (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined) && ansis.isSupported()
}
