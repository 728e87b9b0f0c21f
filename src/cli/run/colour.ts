import ansis from 'ansis'

/** True on a terminal or if FORCE_COLOR is set; false if NO_COLOR (https://no-color.org) is set. */
export function wantsColour(): boolean {
  if (process.env['NO_COLOR']) return false
  return (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined) && ansis.isSupported()
}
