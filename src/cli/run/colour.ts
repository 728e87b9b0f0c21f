import ansis from 'ansis'

/** On a terminal, elsewhere where FORCE_COLOR asks for it; never where NO_COLOR (https://no-color.org) says so. */
export function wantsColour(): boolean {
  if (process.env['NO_COLOR']) return false
  return (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined) && ansis.isSupported()
}
