/** Several versions of the site beside each other: `v2.0/`, `v2.1/`, versions.json, and an index that leads to the newest. Pure. */

export type Folder = {
  /** Path of all versions, such as `/lbex/`. */
  readonly parent: string
  /** Such as `v2.0`. */
  readonly name: string
}

/** The folder of a version in which the pages are; undefined if `base` does not end in one. */
export function folderOf(base: string): Folder | undefined {
  const [, parent = '', name = ''] = /^(\/(?:.*\/)?)(v\d+(?:\.\d+)*)\/$/.exec(base) ?? []
  return name === '' ? undefined : {parent, name}
}

/** The content of versions.json with one more version; the newest is first. */
export function withVersion(versions: readonly string[], name: string): string[] {
  return [...new Set([...versions, name])].sort((a, b) =>
    b.localeCompare(a, 'en', {numeric: true, sensitivity: 'base'}),
  )
}

/** The index.html that leads to the newest version. */
export function indexOf([newest = '']: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<title>lbex</title>',
    `<meta http-equiv="refresh" content="0; url=${newest}/">`,
    `<link rel="canonical" href="${newest}/">`,
    `<a href="${newest}/">lbex ${newest}</a>`,
    '</html>',
    '',
  ].join('\n')
}
