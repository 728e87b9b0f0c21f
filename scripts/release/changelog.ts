/** CHANGELOG.md as changesets writes it: a part for each version, the newest first. Pure. */

/** What the changelog says of a version, without its heading; undefined if it has no such part. */
export function notesOf(changelog: string, version: string): string | undefined {
  const parts = changelog.split(/^## /m).slice(1)
  const part = parts.find((each) => each.split('\n', 1)[0]?.trim() === version)
  return part === undefined ? undefined : `${part.slice(part.indexOf('\n')).trim()}\n`
}
